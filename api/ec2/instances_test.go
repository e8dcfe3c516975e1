package ec2_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func runInput(change func(*sdk.RunInstancesInput)) *sdk.RunInstancesInput {
	in := &sdk.RunInstancesInput{ImageId: aws.String("ami-0123456789abcdef0"), InstanceType: "t3.micro", MinCount: aws.Int32(1), MaxCount: aws.Int32(1)}
	if change != nil {
		change(in)
	}
	return in
}

func mustRun(t *testing.T, c *sdk.Client, change func(*sdk.RunInstancesInput)) []types.Instance {
	t.Helper()
	out, err := c.RunInstances(t.Context(), runInput(change))
	if err != nil {
		t.Fatal(err)
	}
	return out.Instances
}

func describeInstance(t *testing.T, c *sdk.Client, id string) types.Instance {
	t.Helper()
	got, err := c.DescribeInstances(t.Context(), &sdk.DescribeInstancesInput{InstanceIds: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	return got.Reservations[0].Instances[0]
}

// TestInstanceLifeCycle goes as Terraform's aws_instance does.
func TestInstanceLifeCycle(t *testing.T) {
	c, _, _ := newClient(t)
	start := func(in *sdk.RunInstancesInput) {
		in.ClientToken, in.UserData, in.DisableApiTermination = aws.String("once"), aws.String("ZWNobw=="), aws.Bool(true)
		for _, kind := range []types.ResourceType{types.ResourceTypeInstance, types.ResourceTypeNetworkInterface, types.ResourceTypeVolume} {
			in.TagSpecifications = append(in.TagSpecifications, types.TagSpecification{ResourceType: kind, Tags: []types.Tag{{Key: aws.String("of"), Value: aws.String(string(kind))}}})
		}
	}
	i := mustRun(t, c, start)[0]
	if again := mustRun(t, c, start)[0]; *again.InstanceId != *i.InstanceId {
		t.Errorf("the same token made %s and %s", *i.InstanceId, *again.InstanceId)
	}
	// A default subnet gives public addresses: RFC 5737's TEST-NET-3 here.
	e := i.NetworkInterfaces[0]
	if i.State.Name != types.InstanceStateNameRunning || *i.State.Code != 16 || *i.PublicIpAddress != "203.0.113.1" || *i.PrivateIpAddress != *e.PrivateIpAddress ||
		*e.Association.IpOwnerId != "amazon" || *e.Attachment.DeviceIndex != 0 || !*e.Attachment.DeleteOnTermination || e.Status != types.NetworkInterfaceStatusInUse ||
		*i.SecurityGroups[0].GroupName != "default" || !*i.SourceDestCheck || len(i.BlockDeviceMappings) != 1 {
		t.Errorf("%+v", i)
	}
	eni := describeInterface(t, c, *e.NetworkInterfaceId)
	if *eni.Attachment.InstanceId != *i.InstanceId || *eni.Attachment.InstanceOwnerId != account || *eni.TagSet[0].Value != "network-interface" {
		t.Errorf("%+v", eni)
	}
	volumes, err := c.DescribeVolumes(t.Context(), &sdk.DescribeVolumesInput{VolumeIds: []string{*i.BlockDeviceMappings[0].Ebs.VolumeId}})
	if err != nil || *volumes.Volumes[0].Tags[0].Value != "volume" || *volumes.Volumes[0].Attachments[0].InstanceId != *i.InstanceId {
		t.Errorf("%+v %v", volumes, err)
	}
	if _, err := c.DeleteNetworkInterface(t.Context(), &sdk.DeleteNetworkInterfaceInput{NetworkInterfaceId: e.NetworkInterfaceId}); !failsWith(err, "InvalidParameterValue", "Network interface '"+*e.NetworkInterfaceId+"' is currently in use.") {
		t.Errorf("delete in use: %v", err)
	}
	ids := []string{*i.InstanceId}
	_, err = c.TerminateInstances(t.Context(), &sdk.TerminateInstancesInput{InstanceIds: ids})
	if !failsWith(err, "OperationNotPermitted", "The instance '"+ids[0]+"' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.") {
		t.Errorf("terminate protected: %v", err)
	}
	changes := []*sdk.ModifyInstanceAttributeInput{
		{DisableApiTermination: &types.AttributeBooleanValue{Value: aws.Bool(false)}},
		{SourceDestCheck: &types.AttributeBooleanValue{Value: aws.Bool(false)}},
		{Groups: []string{*i.SecurityGroups[0].GroupId}},
	}
	for _, change := range changes {
		change.InstanceId = i.InstanceId
		if _, err := c.ModifyInstanceAttribute(t.Context(), change); err != nil {
			t.Error(err)
		}
	}
	attr, err := c.DescribeInstanceAttribute(t.Context(), &sdk.DescribeInstanceAttributeInput{InstanceId: i.InstanceId, Attribute: types.InstanceAttributeNameUserData})
	if err != nil || *attr.UserData.Value != "ZWNobw==" {
		t.Errorf("user data: %+v %v", attr, err)
	}
	if _, err := c.StopInstances(t.Context(), &sdk.StopInstancesInput{InstanceIds: ids}); err != nil {
		t.Error(err)
	}
	if i := describeInstance(t, c, ids[0]); i.State.Name != types.InstanceStateNameStopped || i.PublicIpAddress != nil || *i.PrivateIpAddress == "" || *i.SourceDestCheck {
		t.Errorf("stopped: %+v", i)
	}
	changed, err := c.StartInstances(t.Context(), &sdk.StartInstancesInput{InstanceIds: ids})
	if err != nil || changed.StartingInstances[0].PreviousState.Name != types.InstanceStateNameStopped {
		t.Errorf("start: %+v %v", changed, err)
	}
	if i := describeInstance(t, c, ids[0]); i.PublicIpAddress == nil {
		t.Errorf("started: %+v", i)
	}
	if _, err := c.TerminateInstances(t.Context(), &sdk.TerminateInstancesInput{InstanceIds: ids}); err != nil {
		t.Error(err)
	}
	if i := describeInstance(t, c, ids[0]); i.State.Name != types.InstanceStateNameTerminated || i.PrivateIpAddress != nil || len(i.NetworkInterfaces) != 0 {
		t.Errorf("terminated: %+v", i)
	}
	if _, err := c.StartInstances(t.Context(), &sdk.StartInstancesInput{InstanceIds: ids}); !failsWith(err, "IncorrectInstanceState", "The instance '"+ids[0]+"' is not in a state from which it can be started.") {
		t.Errorf("start terminated: %v", err)
	}
	if _, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{*e.NetworkInterfaceId}}); code(err) != "InvalidNetworkInterfaceID.NotFound" {
		t.Errorf("interface of a terminated instance: %v", err)
	}
}

// TestInstanceInterfaces: given and new interfaces, attaching and detaching.
func TestInstanceInterfaces(t *testing.T) {
	c, _, _ := newClient(t)
	n, prefix := firstSubnet(t, c)
	own := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId})
	i := mustRun(t, c, func(in *sdk.RunInstancesInput) {
		in.NetworkInterfaces = []types.InstanceNetworkInterfaceSpecification{
			{DeviceIndex: aws.Int32(1), NetworkInterfaceId: own.NetworkInterfaceId},
			{DeviceIndex: aws.Int32(0), SubnetId: n.SubnetId, PrivateIpAddress: aws.String(prefix + ".77")},
		}
	})[0]
	if len(i.NetworkInterfaces) != 2 || *i.PrivateIpAddress != prefix+".77" || *i.NetworkInterfaces[1].NetworkInterfaceId != *own.NetworkInterfaceId || *i.NetworkInterfaces[1].Attachment.DeleteOnTermination {
		t.Errorf("%+v", i.NetworkInterfaces)
	}
	third := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId})
	attach := &sdk.AttachNetworkInterfaceInput{NetworkInterfaceId: third.NetworkInterfaceId, InstanceId: i.InstanceId, DeviceIndex: aws.Int32(1)}
	if _, err := c.AttachNetworkInterface(t.Context(), attach); !failsWith(err, "InvalidParameterValue", "Instance '"+*i.InstanceId+"' already has an interface attached at device index '1'.") {
		t.Errorf("device index in use: %v", err)
	}
	attach.DeviceIndex = aws.Int32(2)
	attached, err := c.AttachNetworkInterface(t.Context(), attach)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.AttachNetworkInterface(t.Context(), attach); code(err) != "InvalidNetworkInterface.InUse" {
		t.Errorf("attach again: %v", err)
	}
	for _, f := range [][2]string{
		{"attachment.attachment-id", *attached.AttachmentId}, {"attachment.device-index", "2"}, {"attachment.instance-id", *i.InstanceId}, {"status", "in-use"},
	} {
		got, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{Filters: []types.Filter{{Name: &f[0], Values: f[1:]}}})
		if err != nil || !slices.ContainsFunc(got.NetworkInterfaces, func(e types.NetworkInterface) bool { return *e.NetworkInterfaceId == *third.NetworkInterfaceId }) {
			t.Errorf("%v: %+v %v", f, got, err)
		}
	}
	_, err = c.ModifyNetworkInterfaceAttribute(t.Context(), &sdk.ModifyNetworkInterfaceAttributeInput{
		NetworkInterfaceId: third.NetworkInterfaceId, Attachment: &types.NetworkInterfaceAttachmentChanges{AttachmentId: attached.AttachmentId, DeleteOnTermination: aws.Bool(true)},
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := c.DetachNetworkInterface(t.Context(), &sdk.DetachNetworkInterfaceInput{AttachmentId: i.NetworkInterfaces[0].Attachment.AttachmentId}); code(err) != "OperationNotPermitted" {
		t.Errorf("detach the primary interface: %v", err)
	}
	waiter := i.NetworkInterfaces[1].Attachment.AttachmentId
	if _, err := c.DetachNetworkInterface(t.Context(), &sdk.DetachNetworkInterfaceInput{AttachmentId: waiter, Force: aws.Bool(true)}); err != nil {
		t.Error(err)
	}
	// Terraform waits until it finds the attachment in this state.
	got, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{Filters: []types.Filter{{Name: aws.String("attachment.attachment-id"), Values: []string{*waiter}}}})
	if err != nil || len(got.NetworkInterfaces) != 1 || got.NetworkInterfaces[0].Attachment.Status != types.AttachmentStatusDetached {
		t.Errorf("detached: %+v %v", got, err)
	}
	if e := describeInterface(t, c, *own.NetworkInterfaceId); e.Status != types.NetworkInterfaceStatusAvailable || e.Attachment != nil {
		t.Errorf("detached: %+v", e)
	}
	attach.NetworkInterfaceId, attach.DeviceIndex = own.NetworkInterfaceId, aws.Int32(1)
	if _, err := c.AttachNetworkInterface(t.Context(), attach); err != nil {
		t.Error(err)
	}
	if _, err := c.TerminateInstances(t.Context(), &sdk.TerminateInstancesInput{InstanceIds: []string{*i.InstanceId}}); err != nil {
		t.Fatal(err)
	}
	if e := describeInterface(t, c, *own.NetworkInterfaceId); e.Status != types.NetworkInterfaceStatusAvailable || e.Attachment != nil {
		t.Errorf("an interface that stays: %+v", e)
	}
	if _, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{*third.NetworkInterfaceId}}); code(err) != "InvalidNetworkInterfaceID.NotFound" {
		t.Errorf("an interface that goes: %v", err)
	}
	if _, err := c.DetachNetworkInterface(t.Context(), &sdk.DetachNetworkInterfaceInput{AttachmentId: attached.AttachmentId, Force: aws.Bool(true)}); code(err) != "InvalidAttachmentID.NotFound" {
		t.Errorf("detach what is gone: %v", err)
	}
}

// TestInstanceElasticIP: an Elastic IP address takes the place of the public
// address, which comes back as another one. Source: "Amazon EC2 instance IP addressing".
func TestInstanceElasticIP(t *testing.T) {
	c, _, _ := newClient(t)
	i := mustRun(t, c, nil)[0]
	eip, err := c.AllocateAddress(t.Context(), &sdk.AllocateAddressInput{})
	if err != nil || *eip.PublicIp == *i.PublicIpAddress {
		t.Fatalf("%+v %v", eip, err)
	}
	a, err := c.AssociateAddress(t.Context(), &sdk.AssociateAddressInput{AllocationId: eip.AllocationId, InstanceId: i.InstanceId})
	if err != nil {
		t.Fatal(err)
	}
	if got := describeInstance(t, c, *i.InstanceId); *got.PublicIpAddress != *eip.PublicIp || *got.NetworkInterfaces[0].Association.IpOwnerId != account {
		t.Errorf("%+v", got)
	}
	addresses, err := c.DescribeAddresses(t.Context(), &sdk.DescribeAddressesInput{Filters: []types.Filter{{Name: aws.String("instance-id"), Values: []string{*i.InstanceId}}}})
	if err != nil || len(addresses.Addresses) != 1 || *addresses.Addresses[0].PrivateIpAddress != *i.PrivateIpAddress {
		t.Errorf("%+v %v", addresses, err)
	}
	if _, err := c.DisassociateAddress(t.Context(), &sdk.DisassociateAddressInput{AssociationId: a.AssociationId}); err != nil {
		t.Error(err)
	}
	if got := describeInstance(t, c, *i.InstanceId); *got.NetworkInterfaces[0].Association.IpOwnerId != "amazon" {
		t.Errorf("%+v", got)
	}
}

func TestRunInstancesErrors(t *testing.T) {
	c, _, _ := newClient(t)
	n, prefix := firstSubnet(t, c)
	nic := types.InstanceNetworkInterfaceSpecification{DeviceIndex: aws.Int32(0), SubnetId: n.SubnetId}
	tests := []struct {
		name       string
		change     func(*sdk.RunInstancesInput)
		code, text string
	}{
		{"no image", func(in *sdk.RunInstancesInput) { in.ImageId = nil }, "MissingParameter", ""},
		{"no image id", func(in *sdk.RunInstancesInput) { in.ImageId = aws.String("x") }, "InvalidAMIID.Malformed", ""},
		{"no such type", func(in *sdk.RunInstancesInput) { in.InstanceType = "big" }, "InvalidParameterValue", "Invalid value 'big' for InstanceType."},
		{"none", func(in *sdk.RunInstancesInput) { in.MinCount = aws.Int32(0) }, "InvalidParameterValue", ""},
		{"fewer at most than at least", func(in *sdk.RunInstancesInput) { in.MinCount = aws.Int32(2) }, "InvalidParameterValue", ""},
		{"too many", func(in *sdk.RunInstancesInput) { in.MaxCount = aws.Int32(1e6) }, "InstanceLimitExceeded", ""},
		{"no such subnet", func(in *sdk.RunInstancesInput) { in.SubnetId = aws.String("subnet-0") }, "InvalidSubnetID.NotFound", ""},
		{"no such group", func(in *sdk.RunInstancesInput) { in.SecurityGroupIds = []string{"sg-0"} }, "InvalidGroup.NotFound", ""},
		{"no zone", func(in *sdk.RunInstancesInput) {
			in.Placement = &types.Placement{AvailabilityZone: aws.String("mars-1a")}
		}, "MissingInput", ""},
		{"subnet twice", func(in *sdk.RunInstancesInput) {
			in.SubnetId, in.NetworkInterfaces = n.SubnetId, []types.InstanceNetworkInterfaceSpecification{nic}
		}, "InvalidParameterCombination", "Network interfaces and an instance-level subnet ID may not be specified on the same request"},
		{"groups twice", func(in *sdk.RunInstancesInput) {
			in.SecurityGroupIds, in.NetworkInterfaces = []string{"sg-0"}, []types.InstanceNetworkInterfaceSpecification{nic}
		}, "InvalidParameterCombination", "Network interfaces and an instance-level security groups may not be specified on the same request"},
		{"reserved address", func(in *sdk.RunInstancesInput) {
			in.SubnetId, in.PrivateIpAddress = n.SubnetId, aws.String(prefix+".2")
		}, "InvalidParameterValue", "Address " + prefix + ".2 is in subnet's reserved address range"},
		{"a second of the same address", func(in *sdk.RunInstancesInput) {
			in.SubnetId, in.PrivateIpAddress, in.MaxCount = n.SubnetId, aws.String(prefix+".200"), aws.Int32(2)
		}, "InvalidIPAddress.InUse", ""},
		{"dry run", func(in *sdk.RunInstancesInput) { in.DryRun = aws.Bool(true) }, "DryRunOperation", ""},
	}
	for _, tt := range tests {
		if _, err := c.RunInstances(t.Context(), runInput(tt.change)); !failsWith(err, tt.code, tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if got, err := c.DescribeInstances(t.Context(), &sdk.DescribeInstancesInput{}); err != nil || len(got.Reservations) != 0 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := c.DescribeInstances(t.Context(), &sdk.DescribeInstancesInput{InstanceIds: []string{"i-0"}}); !failsWith(err, "InvalidInstanceID.NotFound", "The instance ID 'i-0' does not exist") {
		t.Errorf("unknown instance: %v", err)
	}
}

func TestDescribeInstances(t *testing.T) {
	c, _, _ := newClient(t)
	launch := mustRun(t, c, func(in *sdk.RunInstancesInput) {
		in.MinCount, in.MaxCount = aws.Int32(3), aws.Int32(7)
		in.TagSpecifications = []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("role"), Value: aws.String("web")}}}}
	})
	mustRun(t, c, func(in *sdk.RunInstancesInput) { in.InstanceType = "t4g.small" })
	if len(launch) != 7 {
		t.Fatalf("%d instances", len(launch))
	}
	count := func(reservations []types.Reservation) (n int) {
		for _, r := range reservations {
			n += len(r.Instances)
		}
		return n
	}
	seen := 0
	pages := sdk.NewDescribeInstancesPaginator(c, &sdk.DescribeInstancesInput{MaxResults: aws.Int32(5)})
	for pages.HasMorePages() {
		p, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen += count(p.Reservations)
	}
	if seen != 8 {
		t.Errorf("%d instances on all pages", seen)
	}
	e := launch[2].NetworkInterfaces[0]
	for _, tt := range []struct {
		name, value string
		want        int
	}{
		{"instance-type", "t3.*", 7},
		{"architecture", "arm64", 1},
		{"tag:role", "web", 7},
		{"instance-state-name", "running", 8},
		{"instance-state-code", "80", 0},
		{"private-ip-address", *e.PrivateIpAddress, 1},
		{"network-interface.network-interface-id", *e.NetworkInterfaceId, 1},
		{"ip-address", *e.Association.PublicIp, 1},
		{"network-interface.addresses.private-ip-address", *e.PrivateIpAddress, 1},
		{"instance.group-name", "default", 8},
		{"launch-index", "6", 1},
		{"private-dns-name", *launch[2].PrivateDnsName, 1},
		{"network-interface.association.ip-owner-id", "amazon", 8},
		{"block-device-mapping.status", "attached", 8},
	} {
		got, err := c.DescribeInstances(t.Context(), &sdk.DescribeInstancesInput{Filters: []types.Filter{{Name: &tt.name, Values: []string{tt.value}}}})
		if err != nil || count(got.Reservations) != tt.want {
			t.Errorf("%s=%s: %d, want %d, %v", tt.name, tt.value, count(got.Reservations), tt.want, err)
		}
	}
	status, err := c.DescribeInstanceStatus(t.Context(), &sdk.DescribeInstanceStatusInput{})
	if err != nil || len(status.InstanceStatuses) != 8 || status.InstanceStatuses[0].SystemStatus.Status != types.SummaryStatusOk {
		t.Errorf("%d statuses, %v", len(status.InstanceStatuses), err)
	}
	images, err := c.DescribeImages(t.Context(), &sdk.DescribeImagesInput{Owners: []string{"amazon"}, Filters: []types.Filter{{Name: aws.String("name"), Values: []string{"al2023-ami-2023*x86_64"}}}})
	if err != nil || len(images.Images) != 1 || images.Images[0].Architecture != types.ArchitectureValuesX8664 {
		t.Errorf("%+v %v", images, err)
	}
	kinds, err := c.DescribeInstanceTypes(t.Context(), &sdk.DescribeInstanceTypesInput{InstanceTypes: []types.InstanceType{"t3.micro", "m7g.4xlarge"}})
	if err != nil || len(kinds.InstanceTypes) != 2 || !*kinds.InstanceTypes[0].BurstablePerformanceSupported || *kinds.InstanceTypes[0].VCpuInfo.DefaultVCpus != 2 ||
		*kinds.InstanceTypes[1].VCpuInfo.DefaultVCpus != 16 || kinds.InstanceTypes[1].ProcessorInfo.SupportedArchitectures[0] != types.ArchitectureTypeArm64 {
		t.Errorf("%+v %v", kinds, err)
	}
	credits, err := c.DescribeInstanceCreditSpecifications(t.Context(), &sdk.DescribeInstanceCreditSpecificationsInput{InstanceIds: []string{*launch[0].InstanceId}})
	if err != nil || *credits.InstanceCreditSpecifications[0].CpuCredits != "unlimited" {
		t.Errorf("%+v %v", credits, err)
	}
}
