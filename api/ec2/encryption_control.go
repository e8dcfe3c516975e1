package ec2

import (
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// Modes of a VPC encryption control. Source: EC2 API, VpcEncryptionControl.
const (
	monitorMode = "monitor"
	enforceMode = "enforce"
)

// vpcEncryptionControlOutput is the reply of the actions that change a control.
type vpcEncryptionControlOutput struct {
	Control vpcEncryptionControlItem `xml:"vpcEncryptionControl"`
}

type vpcEncryptionControlItem struct {
	VpcID        string                   `xml:"vpcId"`
	ControlID    string                   `xml:"vpcEncryptionControlId"`
	Mode         string                   `xml:"mode"`
	State        string                   `xml:"state"`
	StateMessage string                   `xml:"stateMessage,omitempty"`
	Exclusions   encryptionExclusionItems `xml:"resourceExclusions"`
	Tags         api.Set[tag]             `xml:"tagSet"`
}

type encryptionExclusionItems struct {
	InternetGateway           encryptionExclusionItem `xml:"internetGateway"`
	EgressOnlyInternetGateway encryptionExclusionItem `xml:"egressOnlyInternetGateway"`
	NatGateway                encryptionExclusionItem `xml:"natGateway"`
	VirtualPrivateGateway     encryptionExclusionItem `xml:"virtualPrivateGateway"`
	VpcPeering                encryptionExclusionItem `xml:"vpcPeering"`
	Lambda                    encryptionExclusionItem `xml:"lambda"`
	VpcLattice                encryptionExclusionItem `xml:"vpcLattice"`
	ElasticFileSystem         encryptionExclusionItem `xml:"elasticFileSystem"`
}

type encryptionExclusionItem struct {
	State string `xml:"state"`
}

func newVPCEncryptionControlItem(at place, c *vpc.EncryptionControl, state string) vpcEncryptionControlItem {
	item := vpcEncryptionControlItem{
		VpcID: c.VPCID, ControlID: c.ID, Mode: encryptionMode(c), State: state, Exclusions: newEncryptionExclusionItems(&c.Exclusions), Tags: tagSet(at, c.ID),
	}
	if state == controlAvailable {
		item.StateMessage = "succeeded" // as Terraform's acceptance tests saw it
	}
	return item
}

func encryptionMode(c *vpc.EncryptionControl) string {
	if c.Enforce {
		return enforceMode
	}
	return monitorMode
}

func newEncryptionExclusionItems(e *vpc.EncryptionExclusions) encryptionExclusionItems {
	item := func(enabled bool) encryptionExclusionItem {
		if enabled {
			return encryptionExclusionItem{"enabled"}
		}
		return encryptionExclusionItem{"disabled"}
	}
	return encryptionExclusionItems{
		InternetGateway: item(e.InternetGateway), EgressOnlyInternetGateway: item(e.EgressOnlyGateway), NatGateway: item(e.NATGateway),
		VirtualPrivateGateway: item(e.VirtualPrivateGateway), VpcPeering: item(e.Peering), Lambda: item(e.Lambda), VpcLattice: item(e.Lattice),
		ElasticFileSystem: item(e.ElasticFileSystem),
	}
}

// newEncryptionControl makes a control that only watches.
func (t *tx) newEncryptionControl(v *vpc.VPC) *vpc.EncryptionControl {
	return &vpc.EncryptionControl{Head: t.head("vpcec"), VPCID: v.ID}
}

// encryptionRequest is what requests say of a control.
type encryptionRequest struct {
	Mode                      string  `query:"Mode"`
	InternetGateway           *toggle `query:"InternetGatewayExclusion"`
	EgressOnlyInternetGateway *toggle `query:"EgressOnlyInternetGatewayExclusion"`
	NatGateway                *toggle `query:"NatGatewayExclusion"`
	VirtualPrivateGateway     *toggle `query:"VirtualPrivateGatewayExclusion"`
	VpcPeering                *toggle `query:"VpcPeeringExclusion"`
	Lambda                    *toggle `query:"LambdaExclusion"`
	VpcLattice                *toggle `query:"VpcLatticeExclusion"`
	ElasticFileSystem         *toggle `query:"ElasticFileSystemExclusion"`
}

// setTo sets what the request has of a control. What is excluded from
// enforcement is forgotten when nothing is enforced.
func (in *encryptionRequest) setTo(t *tx, c *vpc.EncryptionControl) error {
	if in.Mode != "" {
		if err := oneOf("Mode", in.Mode, monitorMode, enforceMode); err != nil {
			return err
		}
		c.Enforce = in.Mode == enforceMode
	}
	e := &c.Exclusions
	if !c.Enforce {
		*e = vpc.EncryptionExclusions{}
	}
	in.InternetGateway.setTo(&e.InternetGateway)
	in.EgressOnlyInternetGateway.setTo(&e.EgressOnlyGateway)
	in.NatGateway.setTo(&e.NATGateway)
	in.VirtualPrivateGateway.setTo(&e.VirtualPrivateGateway)
	in.VpcPeering.setTo(&e.Peering)
	in.Lambda.setTo(&e.Lambda)
	in.VpcLattice.setTo(&e.Lattice)
	in.ElasticFileSystem.setTo(&e.ElasticFileSystem)
	switch blocking := t.blockingEncryption(c); {
	case !c.Enforce && *e != vpc.EncryptionExclusions{}:
		return invalidCombination("Exclusions can be enabled only in the mode %s.", enforceMode)
	case c.Enforce && len(blocking) > 0:
		return incorrectState("Encryption cannot be enforced in %s: exclude or remove %s", c.VPCID, strings.Join(blocking, ", "))
	}
	return nil
}

// blockingEncryption gives the gateways of a VPC whose traffic is not encrypted
// and not excluded: a control can be enforced only without them.
// Source: "Enforce VPC encryption in transit", modes and exclusions.
func (t *tx) blockingEncryption(c *vpc.EncryptionControl) (ids []string) {
	for _, r := range t.Referrers(c.VPCID) {
		blocks := false
		switch r.(type) {
		case *vpc.InternetGateway:
			blocks = !c.Exclusions.InternetGateway
		case *vpc.EgressOnlyGateway:
			blocks = !c.Exclusions.EgressOnlyGateway
		case *vpc.NATGateway:
			blocks = !c.Exclusions.NATGateway
		}
		if blocks {
			ids = append(ids, r.Header().ID)
		}
	}
	return ids
}
