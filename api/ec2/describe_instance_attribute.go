package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeInstanceAttributeInput struct {
	dryRun
	InstanceID string `query:"InstanceId"`
	Attribute  string `query:"Attribute"`
}

type describeInstanceAttributeOutput struct {
	InstanceID       string                    `xml:"instanceId"`
	BlockDevices     *api.Set[blockDeviceItem] `xml:"blockDeviceMapping,omitempty"`
	Protected        *boolValue                `xml:"disableApiTermination,omitempty"`
	StopProtected    *boolValue                `xml:"disableApiStop,omitempty"`
	EnaSupport       *boolValue                `xml:"enaSupport,omitempty"`
	Enclave          *enabledItem              `xml:"enclaveOptions,omitempty"`
	EBSOptimized     *boolValue                `xml:"ebsOptimized,omitempty"`
	ShutdownBehavior *stringValue              `xml:"instanceInitiatedShutdownBehavior,omitempty"`
	InstanceType     *stringValue              `xml:"instanceType,omitempty"`
	RootDeviceName   *stringValue              `xml:"rootDeviceName,omitempty"`
	SourceDestCheck  *boolValue                `xml:"sourceDestCheck,omitempty"`
	UserData         *optionalValue            `xml:"userData,omitempty"`
	Groups           *api.Set[groupIdentifier] `xml:"groupSet,omitempty"`
}

func describeInstanceAttribute(v *view, in *describeInstanceAttributeInput) (*describeInstanceAttributeOutput, error) {
	i, err := find[vpc.Instance](v, in.InstanceID)
	if err != nil {
		return nil, err
	}
	out := &describeInstanceAttributeOutput{InstanceID: i.ID}
	item := newInstanceItem(v, i)
	switch in.Attribute {
	case "blockDeviceMapping":
		out.BlockDevices = &item.BlockDevices
	case "disableApiTermination":
		out.Protected = &boolValue{i.Options.Protected}
	case "disableApiStop":
		out.StopProtected = &boolValue{i.Options.StopProtected}
	case "enaSupport":
		out.EnaSupport = &boolValue{item.EnaSupport}
	case "enclaveOptions":
		out.Enclave = &item.Enclave
	case "ebsOptimized":
		out.EBSOptimized = &boolValue{item.EBSOptimized}
	case "instanceInitiatedShutdownBehavior":
		out.ShutdownBehavior = &stringValue{i.Options.ShutdownBehavior}
	case "instanceType":
		out.InstanceType = &stringValue{i.Type}
	case "rootDeviceName":
		out.RootDeviceName = &stringValue{item.RootDeviceName}
	case "sourceDestCheck":
		out.SourceDestCheck = &boolValue{item.SourceDestCheck == nil || *item.SourceDestCheck}
	case "userData":
		out.UserData = &optionalValue{i.UserData}
	case "groupSet":
		out.Groups = &item.Groups
	case "kernel", "ramdisk", "productCodes", "sriovNetSupport": // nothing here has one
	default:
		return nil, invalidValue("Value (%s) for parameter attribute is invalid. Unknown attribute.", in.Attribute)
	}
	return out, nil
}
