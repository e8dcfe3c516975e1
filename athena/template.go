// Package athena is the CloudFormation template that lets Amazon Athena query a flow log.
package athena

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/flowemu/flowemu/flowlog"
)

// Frequency is how often new partitions come into a table.
type Frequency string

// The values of PartitionLoadFrequency.
const (
	None    Frequency = "none"
	Daily   Frequency = "daily"
	Weekly  Frequency = "weekly"
	Monthly Frequency = "monthly"
)

// Integration is a member of GetFlowLogsIntegrationTemplate's AthenaIntegrations:
// a table of its own with its workgroup and its queries.
type Integration struct {
	ResultBucketARN string // IntegrationResultS3DestinationArn: where Athena puts what queries found
	Frequency       Frequency
	Start, End      time.Time // PartitionStartDate and PartitionEndDate; only their days in UTC count, zero when absent
}

// Input is what a template is made of.
type Input struct {
	FlowLog      flowlog.FlowLog
	Integrations []Integration
	Now          time.Time
}

// formatVersion is the only AWSTemplateFormatVersion there is.
const formatVersion = "2010-09-09"

// database is the logical id of the database, which all integrations share.
const database = "AthenaDatabase"

type template struct {
	Version     string              `yaml:"AWSTemplateFormatVersion"`
	Description string              `yaml:"Description"`
	Resources   map[string]resource `yaml:"Resources"`
}

type resource struct {
	Type       string `yaml:"Type"`
	Properties any    `yaml:"Properties"`
}

// reference is CloudFormation's intrinsic function Ref.
type reference struct {
	Ref string `yaml:"Ref"`
}

// Template gives the template in YAML: one database, and for each integration a
// table, a workgroup and the queries for which the flow log has the fields. The
// names of these are AWS's; logical ids, which AWS does not document, end in the
// integration's number. The error is an *InputError if in cannot be integrated.
// Source: "Generate the CloudFormation template" in the VPC user guide.
func Template(in Input) ([]byte, error) {
	format, err := in.check()
	if err != nil {
		return nil, err
	}
	t := template{
		Version:     formatVersion,
		Description: "Queries the records of " + in.FlowLog.ID + " with Amazon Athena",
		Resources:   map[string]resource{database: in.database()},
	}
	for i := range in.Integrations {
		in.add(t.Resources, &in.Integrations[i], format, strconv.Itoa(i+1))
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(t); err != nil {
		return nil, fmt.Errorf("encode template of %s: %w", in.FlowLog.ID, err)
	}
	return out.Bytes(), nil
}

// add puts an integration's resources under logical ids that end in n.
func (in *Input) add(to map[string]resource, i *Integration, format flowlog.Format, n string) {
	workGroup := "AthenaWorkGroup" + n
	to["AthenaTable"+n] = in.table(i, format)
	to[workGroup] = in.workGroup(i)
	replace := strings.NewReplacer("{table}", `"`+in.databaseName()+`"."`+in.name(i)+`"`, "{days}", in.days(i))
	for _, q := range queries() {
		if !q.in(format) {
			continue
		}
		to[q.name+n] = resource{"AWS::Athena::NamedQuery", namedQuery{
			Database: reference{database}, Description: q.description, Name: q.name,
			QueryString: replace.Replace(q.sql), WorkGroup: reference{workGroup},
		}}
	}
}

// id gives the flow log's id as AWS has it in names: without the hyphen.
func (in *Input) id() string { return strings.ReplaceAll(in.FlowLog.ID, "-", "") }

func (in *Input) databaseName() string { return "vpcflowlogsathenadatabase" + in.id() }

// name gives the table's name, which the workgroup's begins with. A date that is
// absent is left out.
func (in *Input) name(i *Integration) string {
	name := in.id() + string(i.Frequency)
	for _, date := range []time.Time{i.Start, i.End} {
		if !date.IsZero() {
			name += date.UTC().Format("20060102")
		}
	}
	return name
}

type databaseProperties struct {
	CatalogID reference     `yaml:"CatalogId"`
	Input     databaseInput `yaml:"DatabaseInput"`
}

type databaseInput struct {
	Name        string `yaml:"Name"`
	Description string `yaml:"Description"`
}

// accountID is the account that the stack is made in, which has the catalog.
const accountID = "AWS::AccountId"

func (in *Input) database() resource {
	return resource{"AWS::Glue::Database", databaseProperties{
		CatalogID: reference{accountID},
		Input:     databaseInput{Name: in.databaseName(), Description: "Records of " + in.FlowLog.ID},
	}}
}

type workGroupProperties struct {
	Name                  string                 `yaml:"Name"`
	Description           string                 `yaml:"Description"`
	RecursiveDeleteOption bool                   `yaml:"RecursiveDeleteOption"`
	Configuration         workGroupConfiguration `yaml:"WorkGroupConfiguration"`
}

type workGroupConfiguration struct {
	Enforce bool                `yaml:"EnforceWorkGroupConfiguration"`
	Result  resultConfiguration `yaml:"ResultConfiguration"`
}

type resultConfiguration struct {
	OutputLocation string `yaml:"OutputLocation"`
}

// workGroup deletes itself with its queries and their history, so that the stack
// can be deleted after it was used.
func (in *Input) workGroup(i *Integration) resource {
	bucket, folder, _ := flowlog.Bucket(i.ResultBucketARN)
	return resource{"AWS::Athena::WorkGroup", workGroupProperties{
		Name: in.name(i) + "workgroup", Description: "Queries of " + in.FlowLog.ID, RecursiveDeleteOption: true,
		Configuration: workGroupConfiguration{
			Enforce: true,
			Result:  resultConfiguration{OutputLocation: "s3://" + bucket + "/" + folder},
		},
	}}
}
