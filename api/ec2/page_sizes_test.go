package ec2_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/vpc"
)

// TestPageSizes holds the bounds of every action's MaxResults against AWS's model.
func TestPageSizes(t *testing.T) {
	m := loadModel(t)
	h, inv := newRouter(t, false, func(*ec2.Options) {})
	if err := inv.EnsureDefault(t.Context(), account, region); err != nil {
		t.Fatal(err)
	}
	const gateway, table, attachment = "tgw-0123456789abcdef0", "tgw-rtb-0123456789abcdef0", "tgw-attach-0123456789abcdef0"
	put(t, inv, &vpc.TransitGateway{Head: head(gateway)}, &vpc.TransitGatewayRouteTable{Head: head(table), TransitGatewayID: gateway},
		&vpc.TransitGatewayAttachment{Head: head(attachment), TransitGatewayID: gateway})
	inVPC := url.Values{"VpcId": {inv.Snapshot().DefaultVPC(account, region).ID}}
	ofList := url.Values{"PrefixListId": {vpc.List[vpc.PrefixList](inv.Snapshot(), account, region)[0].ID}}
	ofTable := url.Values{"TransitGatewayRouteTableId": {table}}
	needs := map[string]url.Values{
		"DescribeStaleSecurityGroups": inVPC, "GetSecurityGroupsForVpc": inVPC, "GetManagedPrefixListAssociations": ofList, "GetManagedPrefixListEntries": ofList,
		"GetTransitGatewayAttachmentPropagations": {"TransitGatewayAttachmentId": {attachment}},
		"GetTransitGatewayRouteTableAssociations": ofTable, "GetTransitGatewayRouteTablePropagations": ofTable,
		"SearchTransitGatewayRoutes": {"TransitGatewayRouteTableId": {table}, "Filter.1.Name": {"state"}, "Filter.1.Value.1": {"active"}},
	}
	held := 0
	for _, a := range ec2.Service(ec2.Options{}).Actions {
		least, most, ok := m.pageSize(a.Name)
		if !ok {
			continue
		}
		held++
		for n, fits := range map[int]bool{least - 1: false, least: true, most: true, most + 1: false} {
			form := url.Values{"Action": {a.Name}, "MaxResults": {fmt.Sprint(n)}}
			maps.Copy(form, needs[a.Name])
			status, body := post(h, form)
			if refusal := fmt.Sprintf("Expecting a value between %d and %d.", least, most); (status == http.StatusOK) != fits || strings.Contains(body, refusal) == fits {
				t.Errorf("%s with %d: %d %s", a.Name, n, status, body)
			}
		}
	}
	if held < 20 {
		t.Errorf("%d actions were held against the model", held)
	}
}

// pageSize gives the bounds of an action's MaxResults, false if it has none. Images
// and instance types are listed on one page.
func (m *model) pageSize(action string) (least, most int, ok bool) {
	op, known := m.Operations[action]
	if !known || op.Input == nil || action == "DescribeImages" || action == "DescribeInstanceTypes" {
		return 0, 0, false
	}
	size := m.Shapes[op.Input.Shape].Members["MaxResults"]
	if size == nil || m.Shapes[size.Shape].Min == nil || m.Shapes[size.Shape].Max == nil {
		return 0, 0, false
	}
	return int(*m.Shapes[size.Shape].Min), int(*m.Shapes[size.Shape].Max), true
}
