package ec2

import (
	"errors"
	"strings"
)

// boolValue is EC2's AttributeBooleanValue.
type boolValue struct {
	Value bool `query:"Value" xml:"value"`
}

func (b *boolValue) isTrue() bool { return b != nil && b.Value }

// stringValue is EC2's AttributeValue.
type stringValue struct {
	Value string `query:"Value" xml:"value"`
}

// optionalValue is an attribute that may have no value.
type optionalValue struct {
	Value string `xml:"value,omitempty"`
}

// set sets what a request may leave as it is.
func set[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

// setFlag is set for an attribute.
func setFlag(to *bool, value *boolValue) {
	if value != nil {
		*to = value.Value
	}
}

// setText is set for an attribute.
func setText(to *string, value *stringValue) {
	if value != nil {
		*to = value.Value
	}
}

// value gives what a request has, or the zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// toggle is an option that requests and replies about transit gateways enable or disable.
type toggle bool

// UnmarshalText reads enable or disable.
func (o *toggle) UnmarshalText(text []byte) error {
	switch string(text) {
	case "enable":
		*o = true
	case "disable":
		*o = false
	default:
		return errors.New("enable or disable")
	}
	return nil
}

// MarshalText gives enable or disable.
func (o toggle) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func (o toggle) String() string {
	if o {
		return "enable"
	}
	return "disable"
}

func oneToggle(on bool) []string { return one(toggle(on).String()) }

// setTo sets an option, if the request has it.
func (o *toggle) setTo(option *bool) {
	if o != nil {
		*option = bool(*o)
	}
}

// attributeGiven says whether a request has an attribute.
type attributeGiven struct {
	name string
	is   bool
}

// oneAttribute refuses a request that modifies none of the attributes, or several.
func oneAttribute(attributes ...attributeGiven) error {
	var names []string
	for _, a := range attributes {
		if a.is {
			names = append(names, a.name)
		}
	}
	switch len(names) {
	case 0:
		return invalidCombination("No attributes specified.")
	case 1:
		return nil
	}
	return invalidCombination("Fields for multiple attribute types specified: %s", strings.Join(names, ", "))
}
