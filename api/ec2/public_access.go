package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// publicAccessOutput is the reply of the actions about what is blocked.
type publicAccessOutput struct {
	Options publicAccessItem `xml:"vpcBlockPublicAccessOptions"`
}

type publicAccessItem struct {
	AccountID         string         `xml:"awsAccountId"`
	Region            string         `xml:"awsRegion"`
	State             string         `xml:"state"`
	Mode              vpc.BlockMode  `xml:"internetGatewayBlockMode"`
	LastUpdate        *api.Timestamp `xml:"lastUpdateTimestamp"`
	ManagedBy         string         `xml:"managedBy"`
	ExclusionsAllowed string         `xml:"exclusionsAllowed"`
}

// newPublicAccessItem says what the caller's account blocks: nothing, if o is nil.
// No organization has a say in it here.
func newPublicAccessItem(c api.Caller, o *vpc.PublicAccess, state string) publicAccessItem {
	item := publicAccessItem{
		AccountID: c.Account, Region: c.Region, State: "default-state", Mode: vpc.BlockOff, ManagedBy: "account", ExclusionsAllowed: "allowed",
	}
	if o != nil {
		item.State, item.Mode, item.LastUpdate = state, o.Mode, &api.Timestamp{Time: o.Updated}
	}
	return item
}

// blockPublicAccess says what VPC Block Public Access blocks of a VPC or subnet.
type blockPublicAccess struct {
	InternetGatewayBlockMode vpc.BlockMode `xml:"internetGatewayBlockMode"`
}

// exclusionOutput is the reply of the actions that change an exclusion.
type exclusionOutput struct {
	Exclusion exclusionItem `xml:"vpcBlockPublicAccessExclusion"`
}

type exclusionItem struct {
	ExclusionID string         `xml:"exclusionId"`
	Mode        string         `xml:"internetGatewayExclusionMode"`
	ResourceArn string         `xml:"resourceArn"`
	State       string         `xml:"state"`
	Creation    api.Timestamp  `xml:"creationTimestamp"`
	LastUpdate  api.Timestamp  `xml:"lastUpdateTimestamp"`
	Deletion    *api.Timestamp `xml:"deletionTimestamp"`
	Tags        api.Set[tag]   `xml:"tagSet"`
}

// Modes of an exclusion. Source: EC2 API, VpcBlockPublicAccessExclusion.
const (
	allowBidirectional = "allow-bidirectional"
	allowEgress        = "allow-egress"
)

// States of an exclusion that is no longer under way. Source: EC2 API, VpcBlockPublicAccessExclusion.
const (
	exclusionCreated = "create-complete"
	exclusionUpdated = "update-complete"
	exclusionDeleted = "delete-complete"
)

func newExclusionItem(at place, e *vpc.PublicAccessExclusion, state string) exclusionItem {
	item := exclusionItem{
		ExclusionID: e.ID, Mode: exclusionMode(e), ResourceArn: excludedARN(e), State: state, Creation: api.Timestamp{Time: e.Created},
		LastUpdate: api.Timestamp{Time: e.Updated}, Tags: tagSet(at, e.ID),
	}
	if !e.Ended.IsZero() {
		item.Deletion = &api.Timestamp{Time: e.Ended}
	}
	return item
}

func exclusionMode(e *vpc.PublicAccessExclusion) string {
	if e.EgressOnly {
		return allowEgress
	}
	return allowBidirectional
}

// excludedARN gives the ARN of what is excluded, which need not be there any more.
func excludedARN(e *vpc.PublicAccessExclusion) string {
	head := vpc.Head{ID: e.VPCID + e.SubnetID, Account: e.Account, Region: e.Region}
	if e.SubnetID != "" {
		return arn(&vpc.Subnet{Head: head})
	}
	return arn(&vpc.VPC{Head: head})
}

func exclusionState(e *vpc.PublicAccessExclusion) string {
	switch {
	case !e.Ended.IsZero():
		return exclusionDeleted
	case e.Updated.After(e.Created):
		return exclusionUpdated
	}
	return exclusionCreated
}

// editExclusion gives a copy of an exclusion that is to be modified or deleted.
// The text is the one that Terraform's AWS provider looks for.
func editExclusion(t *tx, id, done string) (*vpc.PublicAccessExclusion, error) {
	e, err := editRequired[vpc.PublicAccessExclusion](t, "ExclusionId", id)
	if err != nil {
		return nil, err
	}
	if !e.Ended.IsZero() {
		return nil, invalidValue("%s is in %s state and cannot be %s", e.ID, exclusionDeleted, done)
	}
	return e, nil
}

func checkExclusionMode(mode string) error {
	if mode == "" {
		return missingParameter(exclusionModeParameter)
	}
	return oneOf(exclusionModeParameter, mode, allowBidirectional, allowEgress)
}

const exclusionModeParameter = "InternetGatewayExclusionMode"

// excluded names what a request excludes: a VPC or a subnet of the caller.
func excluded(t *tx, vpcID, subnetID string) (string, error) {
	switch {
	case vpcID != "" && subnetID != "":
		return "", exclusive("VpcId", "SubnetId")
	case subnetID != "":
		n, err := find[vpc.Subnet](t, subnetID)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("subnet '%s'", n.ID), nil
	case vpcID != "":
		v, err := find[vpc.VPC](t, vpcID)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("vpc '%s'", v.ID), nil
	}
	return "", missing("Either 'VpcId' or 'SubnetId' should be provided.")
}
