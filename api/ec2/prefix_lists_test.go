package ec2_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func entries(cidrs ...string) (out []types.AddPrefixListEntry) {
	for _, cidr := range cidrs {
		out = append(out, types.AddPrefixListEntry{Cidr: &cidr, Description: aws.String("d")})
	}
	return out
}

func newPrefixList(t *testing.T, c *sdk.Client, size int32, cidrs ...string) string {
	t.Helper()
	out, err := c.CreateManagedPrefixList(t.Context(), &sdk.CreateManagedPrefixListInput{
		PrefixListName: aws.String("corp"), AddressFamily: aws.String("IPv4"), MaxEntries: &size, Entries: entries(cidrs...),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.PrefixList.PrefixListId
}

// listCIDRs gives the entries of a version of a list, 0 for the current one.
func listCIDRs(t *testing.T, c *sdk.Client, id string, version int64) (out []string) {
	t.Helper()
	in := &sdk.GetManagedPrefixListEntriesInput{PrefixListId: &id}
	if version > 0 {
		in.TargetVersion = &version
	}
	got, err := c.GetManagedPrefixListEntries(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got.Entries {
		out = append(out, *e.Cidr)
	}
	slices.Sort(out)
	return out
}

// TestPrefixListLifeCycle goes through a list's life as Terraform does, which
// waits for the states.
func TestPrefixListLifeCycle(t *testing.T) {
	c, _, _ := newClient(t)
	in := &sdk.CreateManagedPrefixListInput{
		PrefixListName: aws.String("corp"), AddressFamily: aws.String("IPv4"), MaxEntries: aws.Int32(3), Entries: entries("10.0.0.0/8"), ClientToken: aws.String("once"),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypePrefixList, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}},
	}
	made, err := c.CreateManagedPrefixList(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	l, id := made.PrefixList, made.PrefixList.PrefixListId
	if !strings.HasPrefix(*id, "pl-") || l.State != types.PrefixListStateCreateComplete || *l.Version != 1 || *l.MaxEntries != 3 || *l.AddressFamily != "IPv4" ||
		*l.OwnerId != account || len(l.Tags) != 1 || *l.PrefixListArn != "arn:aws:ec2:eu-west-1:123456789012:prefix-list/"+*id {
		t.Errorf("%+v", l)
	}
	again, err := c.CreateManagedPrefixList(t.Context(), in)
	if err != nil || *again.PrefixList.PrefixListId != *id {
		t.Errorf("the same client token: %+v %v", again, err)
	}
	modify := func(in sdk.ModifyManagedPrefixListInput) {
		t.Helper()
		in.PrefixListId = id
		out, err := c.ModifyManagedPrefixList(t.Context(), &in)
		if err != nil || out.PrefixList.State != types.PrefixListStateModifyComplete {
			t.Fatalf("%+v %v", out, err)
		}
		l = out.PrefixList
	}
	modify(sdk.ModifyManagedPrefixListInput{CurrentVersion: aws.Int64(1), AddEntries: entries("192.168.0.0/16"), RemoveEntries: []types.RemovePrefixListEntry{{Cidr: aws.String("10.0.0.0/8")}}})
	modify(sdk.ModifyManagedPrefixListInput{CurrentVersion: aws.Int64(2), AddEntries: entries("172.16.0.0/12")})
	// AWS: neither the name nor the size makes a version.
	modify(sdk.ModifyManagedPrefixListInput{PrefixListName: aws.String("office")})
	modify(sdk.ModifyManagedPrefixListInput{MaxEntries: aws.Int32(2)})
	if *l.Version != 3 || *l.MaxEntries != 2 || *l.PrefixListName != "office" {
		t.Errorf("%+v", l)
	}
	restored, err := c.RestoreManagedPrefixListVersion(t.Context(), &sdk.RestoreManagedPrefixListVersionInput{PrefixListId: id, CurrentVersion: aws.Int64(3), PreviousVersion: aws.Int64(1)})
	if err != nil || *restored.PrefixList.Version != 4 || restored.PrefixList.State != types.PrefixListStateRestoreComplete {
		t.Errorf("%+v %v", restored, err)
	}
	for version, want := range map[int64][]string{1: {"10.0.0.0/8"}, 2: {"192.168.0.0/16"}, 3: {"172.16.0.0/12", "192.168.0.0/16"}, 4: {"10.0.0.0/8"}, 0: {"10.0.0.0/8"}} {
		if got := listCIDRs(t, c, *id, version); !slices.Equal(got, want) {
			t.Errorf("version %d: %q, want %q", version, got, want)
		}
	}
	if del, err := c.DeleteManagedPrefixList(t.Context(), &sdk.DeleteManagedPrefixListInput{PrefixListId: id}); err != nil || del.PrefixList.State != types.PrefixListStateDeleteComplete {
		t.Errorf("%+v %v", del, err)
	}
	if _, err := c.GetManagedPrefixListEntries(t.Context(), &sdk.GetManagedPrefixListEntriesInput{PrefixListId: id, TargetVersion: aws.Int64(1)}); code(err) != "InvalidPrefixListID.NotFound" {
		t.Errorf("after deletion: %v", err)
	}
}

func TestCreateManagedPrefixListErrors(t *testing.T) {
	c, _, _ := newClient(t)
	var many []string
	for i := range 101 {
		many = append(many, fmt.Sprintf("10.0.%d.0/24", i))
	}
	for _, tt := range []struct {
		name, list, family string
		size               int32
		entries            []string
		code, message      string
	}{
		{"AWS's name", "com.amazonaws.x", "IPv4", 1, nil, "InvalidParameterValue", ""},
		{"family", "x", "ipv4", 1, nil, "InvalidParameterValue", ""},
		{"size", "x", "IPv4", 1001, nil, "InvalidParameterValue", "Must specify a max size between 1 and 1000"},
		{"too many", "x", "IPv4", 1, []string{"10.0.0.0/8", "172.16.0.0/12"}, "PrefixListMaxEntriesExceeded", ""},
		{"too many at once", "x", "IPv4", 1000, many, "InvalidParameterValue", "The number of entries per request cannot exceeds limit (100)."},
		{"IPv6 in IPv4", "x", "IPv4", 1, []string{"::/0"}, "InvalidParameterValue", ""},
		{"twice", "x", "IPv4", 2, []string{"10.0.0.0/8", "10.0.0.0/8"}, "InvalidParameterValue", ""},
	} {
		_, err := c.CreateManagedPrefixList(t.Context(), &sdk.CreateManagedPrefixListInput{PrefixListName: &tt.list, AddressFamily: &tt.family, MaxEntries: &tt.size, Entries: entries(tt.entries...)})
		if !failsWith(err, tt.code, tt.message) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestModifyManagedPrefixListErrors(t *testing.T) {
	c, _, _ := newClient(t)
	id := newPrefixList(t, c, 2, "10.0.0.0/8", "172.16.0.0/12")
	s3 := awsList(t, c, "com.amazonaws.eu-west-1.s3")
	for _, tt := range []struct {
		name, id      string
		in            sdk.ModifyManagedPrefixListInput
		code, message string
	}{
		{"version", id, sdk.ModifyManagedPrefixListInput{CurrentVersion: aws.Int64(7), AddEntries: entries("1.0.0.0/8")}, "PrefixListVersionMismatch", "The prefix list has the incorrect version number."},
		{"there already", id, sdk.ModifyManagedPrefixListInput{AddEntries: entries("10.0.0.0/8")}, "InvalidPrefixListModification", "An entry with the CIDR (10.0.0.0/8) and description (d) already exists."},
		{"not there", id, sdk.ModifyManagedPrefixListInput{RemoveEntries: []types.RemovePrefixListEntry{{Cidr: aws.String("1.0.0.0/8")}}}, "InvalidPrefixListModification", "An entry with the CIDR (1.0.0.0/8) does not exist."},
		{"full", id, sdk.ModifyManagedPrefixListInput{AddEntries: entries("1.0.0.0/8")}, "PrefixListMaxEntriesExceeded", ""},
		{"size and entries", id, sdk.ModifyManagedPrefixListInput{MaxEntries: aws.Int32(5), AddEntries: entries("1.0.0.0/8")}, "InvalidParameterCombination", "You cannot modify the entries and the maximum entries for the prefix list in the same request."},
		{"smaller than it is", id, sdk.ModifyManagedPrefixListInput{MaxEntries: aws.Int32(1)}, "InvalidParameterValue", ""},
		{"unknown", "pl-0123", sdk.ModifyManagedPrefixListInput{}, "InvalidPrefixListID.NotFound", ""},
		{"AWS's", s3, sdk.ModifyManagedPrefixListInput{PrefixListName: aws.String("mine")}, "UnauthorizedOperation", ""},
	} {
		tt.in.PrefixListId = &tt.id
		if _, err := c.ModifyManagedPrefixList(t.Context(), &tt.in); !failsWith(err, tt.code, tt.message) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := c.DeleteManagedPrefixList(t.Context(), &sdk.DeleteManagedPrefixListInput{PrefixListId: &s3}); code(err) != "UnauthorizedOperation" {
		t.Errorf("AWS's: %v", err)
	}
	if got := listCIDRs(t, c, id, 0); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// awsList gives the id of a list that AWS manages.
func awsList(t *testing.T, c *sdk.Client, name string) string {
	t.Helper()
	got, err := c.DescribePrefixLists(t.Context(), &sdk.DescribePrefixListsInput{Filters: []types.Filter{{Name: aws.String("prefix-list-name"), Values: []string{name}}}})
	if err != nil || len(got.PrefixLists) != 1 || len(got.PrefixLists[0].Cidrs) == 0 {
		t.Fatalf("%+v %v", got, err)
	}
	return *got.PrefixLists[0].PrefixListId
}

func TestDescribePrefixLists(t *testing.T) {
	c, _, _ := newClient(t)
	own := newPrefixList(t, c, 10)
	s3, dynamodb := awsList(t, c, "com.amazonaws.eu-west-1.s3"), awsList(t, c, "com.amazonaws.eu-west-1.dynamodb")
	services, err := c.DescribePrefixLists(t.Context(), &sdk.DescribePrefixListsInput{})
	if err != nil || len(services.PrefixLists) != 2 {
		t.Errorf("%+v %v", services, err)
	}
	for _, tt := range []struct {
		filter, value string
		want          []string
	}{
		{"owner-id", "AWS", []string{s3, dynamodb}},
		{"owner-id", account, []string{own}},
		{"prefix-list-name", "corp", []string{own}},
		{"prefix-list-id", "*", []string{own, s3, dynamodb}},
	} {
		var ids []string
		pages := sdk.NewDescribeManagedPrefixListsPaginator(c, &sdk.DescribeManagedPrefixListsInput{MaxResults: aws.Int32(1), Filters: []types.Filter{{Name: &tt.filter, Values: []string{tt.value}}}})
		for pages.HasMorePages() {
			p, err := pages.NextPage(t.Context())
			if err != nil || len(p.PrefixLists) != 1 {
				t.Fatalf("%+v %v", p, err)
			}
			ids = append(ids, *p.PrefixLists[0].PrefixListId)
		}
		slices.Sort(ids)
		if slices.Sort(tt.want); !slices.Equal(ids, tt.want) {
			t.Errorf("%s=%s: %q, want %q", tt.filter, tt.value, ids, tt.want)
		}
	}
	got, err := c.DescribeManagedPrefixLists(t.Context(), &sdk.DescribeManagedPrefixListsInput{PrefixListIds: []string{s3}})
	if err != nil || len(got.PrefixLists) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	// AWS shows neither size nor version of its own lists.
	if l := got.PrefixLists[0]; *l.OwnerId != "AWS" || l.MaxEntries != nil || l.Version != nil || *l.PrefixListArn != "arn:aws:ec2:eu-west-1:aws:prefix-list/"+s3 {
		t.Errorf("%+v", l)
	}
	if _, err := c.DescribeManagedPrefixLists(t.Context(), &sdk.DescribeManagedPrefixListsInput{MaxResults: aws.Int32(101)}); code(err) != "InvalidParameterValue" {
		t.Errorf("page size: %v", err)
	}
}

func TestPrefixListEntryPages(t *testing.T) {
	c, _, _ := newClient(t)
	want := []string{"10.0.0.0/8", "10.128.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "9.0.0.0/8"}
	id := newPrefixList(t, c, 10, want...)
	var got []string
	pages := sdk.NewGetManagedPrefixListEntriesPaginator(c, &sdk.GetManagedPrefixListEntriesInput{PrefixListId: &id, MaxResults: aws.Int32(2)})
	for pages.HasMorePages() {
		p, err := pages.NextPage(t.Context())
		if err != nil || len(p.Entries) > 2 {
			t.Fatalf("%+v %v", p, err)
		}
		for _, e := range p.Entries {
			got = append(got, *e.Cidr)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestPrefixListInUse: a rule that names a list counts for the list's size, and
// the list cannot be deleted or grow as long as it does not fit.
func TestPrefixListInUse(t *testing.T) {
	c, _, _ := newClient(t)
	group := newGroup(t, c, "g")
	big, id := newPrefixList(t, c, 61), newPrefixList(t, c, 59)
	_, err := c.AuthorizeSecurityGroupIngress(t.Context(), &sdk.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: []types.IpPermission{permit("tcp", 1, 1, big)}})
	if code(err) != "RulesPerSecurityGroupLimitExceeded" {
		t.Errorf("a list of 61: %v", err)
	}
	allow(t, c, group, permit("tcp", 1, 1, id), permit("tcp", 2, 2, "10.0.0.0/8"))
	uses, err := c.GetManagedPrefixListAssociations(t.Context(), &sdk.GetManagedPrefixListAssociationsInput{PrefixListId: &id})
	if err != nil || len(uses.PrefixListAssociations) != 1 || *uses.PrefixListAssociations[0].ResourceId != group || *uses.PrefixListAssociations[0].ResourceOwner != account {
		t.Errorf("%+v %v", uses, err)
	}
	grown, err := c.ModifyManagedPrefixList(t.Context(), &sdk.ModifyManagedPrefixListInput{PrefixListId: &id, MaxEntries: aws.Int32(60)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 { // what the request answers, and what the list is
		got, err := c.DescribeManagedPrefixLists(t.Context(), &sdk.DescribeManagedPrefixListsInput{PrefixListIds: []string{id}})
		if err != nil || len(got.PrefixLists) != 1 {
			t.Fatalf("%+v %v", got, err)
		}
		l := []types.ManagedPrefixList{*grown.PrefixList, got.PrefixLists[0]}[i]
		if l.State != types.PrefixListStateModifyFailed || *l.MaxEntries != 59 || !strings.Contains(*l.StateMessage, group) {
			t.Errorf("%+v", l)
		}
	}
	del, err := c.DeleteManagedPrefixList(t.Context(), &sdk.DeleteManagedPrefixListInput{PrefixListId: &id})
	if err != nil || del.PrefixList.State != types.PrefixListStateDeleteFailed {
		t.Errorf("%+v %v", del, err)
	}
	if got := listCIDRs(t, c, id, 0); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
