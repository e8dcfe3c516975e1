package athena

import (
	"errors"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

var update = flag.Bool("update", false, "rewrite golden files")

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// version5 gives the format of the fields up to version 5.
func version5() (format flowlog.Format) {
	for _, f := range flowlog.Fields(flowlog.VPC) {
		if f.Version <= 5 {
			format.Fields = append(format.Fields, f)
		}
	}
	return format
}

// newInput gives a flow log in the default format and a daily integration of it.
func newInput() Input {
	return Input{
		FlowLog: flowlog.FlowLog{
			Head: vpc.Head{ID: "fl-06a3a4b9a351a0fd5", Account: "123456789012", Region: "us-east-1"}, ResourceType: flowlog.VPC,
			DestinationType: flowlog.S3, Destination: "arn:aws:s3:::amzn-s3-demo-bucket", Format: flowlog.DefaultFormat(flowlog.VPC),
			FileFormat: flowlog.PlainText, Created: day(2021, 11, 20).Add(13 * time.Hour),
		},
		Integrations: []Integration{{ResultBucketARN: "arn:aws:s3:::amzn-s3-demo-results/athena/", Frequency: Daily}},
		Now:          day(2021, 12, 10).Add(time.Hour),
	}
}

// newParquetInput gives a flow log with every option set and an integration of two dates.
func newParquetInput() Input {
	in := newInput()
	f := &in.FlowLog
	f.Destination += "/custom/"
	f.FileFormat, f.HivePartitions, f.HourlyPartitions, f.Format = flowlog.Parquet, true, true, version5().String()
	in.Integrations[0] = Integration{ResultBucketARN: "arn:aws:s3:::amzn-s3-demo-results", Frequency: Monthly, Start: day(2021, 12, 1), End: day(2021, 12, 31)}
	return in
}

func newNoneInput() Input {
	in := newInput()
	in.FlowLog.Format = "${srcaddr} ${dstaddr} ${bytes} ${action}"
	in.Integrations[0].Frequency, in.Integrations[0].Start, in.Integrations[0].End = None, day(2021, 11, 20), day(2021, 12, 4)
	return in
}

func newManyInput() Input {
	in := newInput()
	second := in.Integrations[0]
	second.Frequency = Weekly
	in.Integrations = append(in.Integrations, second)
	return in
}

func inputs() map[string]Input {
	return map[string]Input{"text": newInput(), "parquet-hive-hourly": newParquetInput(), "none": newNoneInput(), "two-integrations": newManyInput()}
}

func mustTemplate(t *testing.T, in Input) []byte {
	t.Helper()
	text, err := Template(in)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTemplateGolden(t *testing.T) {
	for name, in := range inputs() {
		text, path := mustTemplate(t, in), "testdata/"+name+".yml"
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != string(text) {
			t.Errorf("%s is not what Template gives; review it and run with -update (%v)\n%s", path, err, text)
		}
	}
}

// properties is what the CloudFormation template reference says of a type: the
// names of its properties, with a star when they are required. The stars of
// Name are ours where the reference leaves it out but the service needs it.
var properties = map[string]string{
	"AWS::Glue::Database":                           "CatalogId* DatabaseInput* DatabaseName",
	"AWS::Glue::Database/DatabaseInput":             "CreateTableDefaultPermissions Description FederatedDatabase LocationUri Name* Parameters TargetDatabase",
	"AWS::Glue::Table":                              "CatalogId* DatabaseName* Name OpenTableFormatInput TableInput*",
	"AWS::Glue::Table/TableInput":                   "Description Name* Owner Parameters PartitionKeys Retention StorageDescriptor TableType TargetTable ViewExpandedText ViewOriginalText",
	"AWS::Glue::Table/StorageDescriptor":            "BucketColumns Columns Compressed InputFormat Location NumberOfBuckets OutputFormat Parameters SchemaReference SerdeInfo SkewedInfo SortColumns StoredAsSubDirectories",
	"AWS::Glue::Table/SerdeInfo":                    "Name Parameters SerializationLibrary",
	"AWS::Glue::Table/Columns":                      "Comment Name* Type",
	"AWS::Glue::Table/PartitionKeys":                "Comment Name* Type",
	"AWS::Athena::WorkGroup":                        "Description Name* RecursiveDeleteOption State Tags WorkGroupConfiguration",
	"AWS::Athena::NamedQuery":                       "Database* Description Name QueryString* WorkGroup",
	"AWS::Athena::WorkGroup/WorkGroupConfiguration": "AdditionalConfiguration BytesScannedCutoffPerQuery CustomerContentEncryptionConfiguration EnforceWorkGroupConfiguration EngineConfiguration EngineVersion ExecutionRole ManagedQueryResultsConfiguration MonitoringConfiguration PublishCloudWatchMetricsEnabled RequesterPaysEnabled ResultConfiguration",
	"AWS::Athena::WorkGroup/ResultConfiguration":    "AclConfiguration EncryptionConfiguration ExpectedBucketOwner OutputLocation",
}

// checkProperties compares a resource with properties, and what it is made of.
func checkProperties(t *testing.T, id, typ, part string, value map[string]any) {
	t.Helper()
	known, ok := properties[typ+part]
	if !ok {
		return // a string map, such as Parameters
	}
	names := strings.Fields(known)
	for _, name := range names {
		if required, star := strings.CutSuffix(name, "*"); star && value[required] == nil {
			t.Errorf("%s: %s%s needs %s", id, typ, part, required)
		}
	}
	for name, v := range value {
		if !slices.Contains(names, name) && !slices.Contains(names, name+"*") {
			t.Errorf("%s: %s%s has no %s", id, typ, part, name)
		}
		switch v := v.(type) {
		case map[string]any:
			checkProperties(t, id, typ, "/"+name, v)
		case []any:
			for _, item := range v {
				checkProperties(t, id, typ, "/"+name, item.(map[string]any))
			}
		}
	}
}

// references gives everything that Refs in v name.
func references(v any) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		if name, ok := v["Ref"].(string); ok && len(v) == 1 {
			return []string{name}
		}
		for _, inner := range v {
			out = append(out, references(inner)...)
		}
	case []any:
		for _, inner := range v {
			out = append(out, references(inner)...)
		}
	}
	return out
}

// TestTemplateIsCloudFormation reads templates as CloudFormation would.
// Source: "Template anatomy" and the template reference of CloudFormation.
func TestTemplateIsCloudFormation(t *testing.T) {
	logicalID := regexp.MustCompile(`^[A-Za-z0-9]{1,255}$`)
	for name, in := range inputs() {
		var got struct {
			Version     string `yaml:"AWSTemplateFormatVersion"`
			Description string `yaml:"Description"`
			Resources   map[string]struct {
				Type       string         `yaml:"Type"`
				Properties map[string]any `yaml:"Properties"`
			} `yaml:"Resources"`
		}
		d := yaml.NewDecoder(strings.NewReader(string(mustTemplate(t, in))))
		d.KnownFields(true)
		if err := d.Decode(&got); err != nil || got.Version != "2010-09-09" || len(got.Description) > 1024 {
			t.Fatalf("%s: %v, version %q", name, err, got.Version)
		}
		types := map[string]int{}
		for id, r := range got.Resources {
			types[r.Type]++
			if !logicalID.MatchString(id) {
				t.Errorf("%s is no logical id", id)
			}
			if _, known := properties[r.Type]; !known {
				t.Errorf("%s: unexpected type %s", id, r.Type)
			}
			checkProperties(t, id, r.Type, "", r.Properties)
			for _, ref := range references(r.Properties) {
				if _, known := got.Resources[ref]; !known && ref != "AWS::AccountId" {
					t.Errorf("%s refers to %s, which there is not", id, ref)
				}
			}
		}
		n := len(in.Integrations)
		if types["AWS::Glue::Database"] != 1 || types["AWS::Glue::Table"] != n || types["AWS::Athena::WorkGroup"] != n {
			t.Errorf("%s: %v", name, types)
		}
	}
}

// TestNames has the names of a table that AWS's template made.
func TestNames(t *testing.T) {
	in := newInput()
	i := &in.Integrations[0]
	i.Start, i.End = day(2021, 12, 4), day(2021, 12, 4).Add(23*time.Hour)
	text := string(mustTemplate(t, in))
	for _, want := range []string{
		"Name: vpcflowlogsathenadatabasefl06a3a4b9a351a0fd5\n", "Name: fl06a3a4b9a351a0fd5daily2021120420211204\n",
		"Name: fl06a3a4b9a351a0fd5daily2021120420211204workgroup\n", "OutputLocation: s3://amzn-s3-demo-results/athena/\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
}

func TestInputErrors(t *testing.T) {
	tests := []struct {
		name   string
		want   Problem // 0: none
		change func(*Input, *Integration)
	}{
		{"nothing", 0, func(*Input, *Integration) {}},
		{"CloudWatch Logs", NotS3, func(in *Input, _ *Integration) {
			in.FlowLog.DestinationType, in.FlowLog.Destination = flowlog.CloudWatchLogs, "arn:aws:logs:us-east-1:123456789012:log-group:g"
		}},
		{"a destination that is no bucket", NotS3, func(in *Input, _ *Integration) { in.FlowLog.Destination = "bucket" }},
		{"a transit gateway", TransitGateway, func(in *Input, _ *Integration) { in.FlowLog.ResourceType = "TransitGateway" }},
		{"a transit gateway attachment", TransitGateway, func(in *Input, _ *Integration) { in.FlowLog.ResourceType = "TransitGatewayAttachment" }},
		{"no integration", Count, func(in *Input, _ *Integration) { in.Integrations = nil }},
		{"eleven integrations", Count, func(in *Input, _ *Integration) { in.Integrations = make([]Integration, 11) }},
		{"an unknown frequency", UnknownFrequency, func(_ *Input, i *Integration) { i.Frequency = "hourly" }},
		{"no frequency", UnknownFrequency, func(_ *Input, i *Integration) { i.Frequency = "" }},
		{"a result bucket that is no ARN", BadResultBucket, func(_ *Input, i *Integration) { i.ResultBucketARN = "s3://bucket/" }},
		{"an ARN without a bucket", BadResultBucket, func(_ *Input, i *Integration) { i.ResultBucketARN = "arn:aws:s3:::" }},
		{"none without dates", DatesMissing, func(_ *Input, i *Integration) { i.Frequency = None }},
		{"none without an end", DatesMissing, func(_ *Input, i *Integration) { i.Frequency, i.Start = None, day(2021, 12, 1) }},
		{"none without a start", DatesMissing, func(_ *Input, i *Integration) { i.Frequency, i.End = None, day(2021, 12, 1) }},
		{"end before start", DatesReversed, func(_ *Input, i *Integration) { i.Start, i.End = day(2021, 12, 2), day(2021, 12, 1) }},
		{"end before the flow log", DatesReversed, func(_ *Input, i *Integration) { i.End = day(2021, 11, 19) }},
		{"end on the flow log's first day", 0, func(_ *Input, i *Integration) { i.End = day(2021, 11, 20) }},
		{"none until tomorrow", DatesInFuture, func(_ *Input, i *Integration) {
			i.Frequency, i.Start, i.End = None, day(2021, 12, 1), day(2021, 12, 11)
		}},
		{"daily from tomorrow", DatesInFuture, func(_ *Input, i *Integration) { i.Start = day(2021, 12, 11) }},
		{"monthly until the month's end, which AWS takes", 0, func(_ *Input, i *Integration) {
			i.Frequency, i.Start, i.End = Monthly, day(2021, 12, 10), day(2021, 12, 31)
		}},
		{"two minutes of the past, as in AWS's example", 0, func(_ *Input, i *Integration) {
			at := time.Date(2021, 12, 9, 0, 40, 0, 0, time.UTC)
			i.Frequency, i.Start, i.End = None, at, at.Add(2*time.Minute)
		}},
		{"the same integration twice", Duplicate, func(in *Input, i *Integration) { in.Integrations = append(in.Integrations, *i) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := newInput()
			tt.change(&in, &in.Integrations[0])
			text, err := Template(in)
			var bad *InputError
			switch {
			case tt.want == 0 && err != nil:
				t.Error(err)
			case tt.want != 0 && (!errors.As(err, &bad) || bad.Problem != tt.want || bad.Text == "" || text != nil):
				t.Errorf("got %v, want problem %d", err, tt.want)
			}
		})
	}
}

func TestFormatError(t *testing.T) {
	in := newInput()
	in.FlowLog.Format = "${nonsense}"
	var bad *flowlog.FormatError
	if _, err := Template(in); !errors.As(err, &bad) {
		t.Error(err)
	}
}
