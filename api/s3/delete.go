package s3

import (
	"bytes"
	"encoding/xml"
	"io"
	"unicode/utf8"
)

// multiDelete answers DeleteObjects. gofakes3 does it, after a look at what it would
// not see: versions, conditions, the checksum, and names of elements that it does not know.
func (c *call) multiDelete() error {
	text, err := c.document()
	if err != nil {
		return err
	}
	var in struct {
		XMLName xml.Name `xml:"Delete"`
		Objects []struct {
			Key       *string
			VersionID string                       `xml:"VersionId"`
			Other     []struct{ XMLName xml.Name } `xml:",any"`
		} `xml:"Object"`
	}
	if err := xml.Unmarshal(text, &in); err != nil || len(in.Objects) == 0 || len(in.Objects) > maxKeys {
		return known("MalformedXML")
	}
	for _, o := range in.Objects {
		switch {
		case o.Key == nil || !utf8.ValidString(*o.Key):
			return known("MalformedXML")
		case o.VersionID != "" && o.VersionID != "null":
			return invalid("Invalid version id specified")
		case len(o.Other) > 0:
			return notImplemented("DeleteObjects with " + o.Other[0].XMLName.Local)
		}
	}
	c.r.Body = io.NopCloser(bytes.NewReader(text))
	return c.delegate()
}
