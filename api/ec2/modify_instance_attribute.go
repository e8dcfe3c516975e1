package ec2

import (
	"strconv"

	"github.com/flowemu/flowemu/vpc"
)

type modifyInstanceAttributeInput struct {
	dryRun
	InstanceID       string         `query:"InstanceId"`
	Attribute        string         `query:"Attribute"` // with Value, the older way to say one of the others
	Value            string         `query:"Value"`
	SourceDestCheck  *boolValue     `query:"SourceDestCheck"`
	Protected        *boolValue     `query:"DisableApiTermination"`
	StopProtected    *boolValue     `query:"DisableApiStop"`
	EBSOptimized     *boolValue     `query:"EbsOptimized"`
	InstanceType     *stringValue   `query:"InstanceType"`
	ShutdownBehavior *stringValue   `query:"InstanceInitiatedShutdownBehavior"`
	UserData         *stringValue   `query:"UserData"`
	GroupIDs         []string       `query:"GroupId"`
	Devices          []deviceChange `query:"BlockDeviceMapping"`
	_                struct{}       `ignored:"Kernel Ramdisk SriovNetSupport EnaSupport"`
}

type deviceChange struct {
	DeviceName string `query:"DeviceName"`
	EBS        struct {
		DeleteOnTermination *bool    `query:"DeleteOnTermination"`
		_                   struct{} `ignored:"VolumeId"`
	} `query:"Ebs"`
	_ struct{} `ignored:"VirtualName NoDevice"`
}

func modifyInstanceAttribute(t *tx, in *modifyInstanceAttributeInput) (*returnOutput, error) {
	i, err := edit[vpc.Instance](t, in.InstanceID)
	if err != nil {
		return nil, err
	}
	if err := in.named(); err != nil {
		return nil, err
	}
	o := &i.Options
	setFlag(&o.Protected, in.Protected)
	setFlag(&o.StopProtected, in.StopProtected)
	setFlag(&o.EBSOptimized, in.EBSOptimized)
	setText(&o.ShutdownBehavior, in.ShutdownBehavior)
	if in.InstanceType != nil && in.InstanceType.Value != i.Type || in.UserData != nil {
		if i.State != vpc.Stopped {
			return nil, incorrectInstanceState("The instance '%s' is not in the 'stopped' state.", i.ID)
		}
		setText(&i.Type, in.InstanceType)
		setText(&i.UserData, in.UserData)
	}
	t.Put(i)
	if err := in.changeInterface(t, i); err != nil {
		return nil, err
	}
	in.changeVolumes(t, i)
	return done()
}

// named puts Attribute and Value where they belong.
func (in *modifyInstanceAttributeInput) named() error {
	flags := map[string]**boolValue{
		"sourceDestCheck": &in.SourceDestCheck, "disableApiTermination": &in.Protected, "disableApiStop": &in.StopProtected, "ebsOptimized": &in.EBSOptimized,
	}
	words := map[string]**stringValue{
		"instanceType": &in.InstanceType, "instanceInitiatedShutdownBehavior": &in.ShutdownBehavior, "userData": &in.UserData,
	}
	switch {
	case in.Attribute == "":
	case flags[in.Attribute] != nil:
		b, err := strconv.ParseBool(in.Value)
		if err != nil {
			return invalidValue("Invalid value '%s' for %s.", in.Value, in.Attribute)
		}
		*flags[in.Attribute] = &boolValue{b}
	case words[in.Attribute] != nil:
		*words[in.Attribute] = &stringValue{in.Value}
	}
	return nil
}

// changeInterface changes what the instance's only interface has.
func (in *modifyInstanceAttributeInput) changeInterface(t *tx, i *vpc.Instance) error {
	if in.SourceDestCheck == nil && len(in.GroupIDs) == 0 {
		return nil
	}
	interfaces := t.Interfaces(i)
	if len(interfaces) != 1 {
		return severalInterfaces(i)
	}
	e := vpc.Clone(interfaces[0])
	if in.SourceDestCheck != nil {
		e.NoSourceCheck = !in.SourceDestCheck.Value
	}
	if len(in.GroupIDs) > 0 {
		if err := t.regroup(e, in.GroupIDs); err != nil {
			return err
		}
	}
	t.Put(e)
	return nil
}

func (in *modifyInstanceAttributeInput) changeVolumes(t *tx, i *vpc.Instance) {
	for _, d := range in.Devices {
		for _, v := range volumesOf(t, i) {
			if v.Device == d.DeviceName && d.EBS.DeleteOnTermination != nil {
				v = vpc.Clone(v)
				v.DeleteOnTermination = *d.EBS.DeleteOnTermination
				t.Put(v)
			}
		}
	}
}
