package api

import (
	"net/http"
	"reflect"
	"strconv"
	"testing"
	"time"
)

// benchItem has the members of a flow log in DescribeFlowLogs' answer.
type benchItem struct {
	CreationTime             Timestamp     `xml:"creationTime"`
	DeliverLogsErrorMessage  string        `xml:"deliverLogsErrorMessage,omitempty"`
	DeliverLogsPermissionArn string        `xml:"deliverLogsPermissionArn,omitempty"`
	DeliverCrossAccountRole  string        `xml:"deliverCrossAccountRole,omitempty"`
	DeliverLogsStatus        string        `xml:"deliverLogsStatus"`
	FlowLogID                string        `xml:"flowLogId"`
	FlowLogStatus            string        `xml:"flowLogStatus"`
	LogGroupName             string        `xml:"logGroupName,omitempty"`
	ResourceID               string        `xml:"resourceId"`
	TrafficType              string        `xml:"trafficType"`
	LogDestinationType       string        `xml:"logDestinationType"`
	LogDestination           string        `xml:"logDestination,omitempty"`
	LogFormat                string        `xml:"logFormat"`
	Tags                     Set[benchTag] `xml:"tagSet"`
	MaxAggregationInterval   int           `xml:"maxAggregationInterval"`
	DestinationOptions       *benchOptions `xml:"destinationOptions"`
}

type benchTag struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

type benchOptions struct {
	FileFormat               string `xml:"fileFormat"`
	HiveCompatiblePartitions bool   `xml:"hiveCompatiblePartitions"`
	PerHourPartition         bool   `xml:"perHourPartition"`
}

type benchOutput struct {
	FlowLogs  Set[benchItem] `xml:"flowLogSet"`
	NextToken string         `xml:"nextToken,omitempty"`
}

// nowhere is a response writer that keeps nothing.
type nowhere struct{ header http.Header }

func (w nowhere) Header() http.Header         { return w.header }
func (w nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (w nowhere) WriteHeader(int)             {}

// BenchmarkReply writes the largest page of DescribeFlowLogs.
func BenchmarkReply(b *testing.B) {
	out := &benchOutput{}
	for i := range 1000 {
		out.FlowLogs = append(out.FlowLogs, benchItem{
			CreationTime: Timestamp{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, DeliverLogsPermissionArn: "arn:aws:iam::123456789012:role/flow-logs",
			DeliverLogsStatus: "SUCCESS", FlowLogID: "fl-0123456789abc" + strconv.Itoa(1000+i), FlowLogStatus: "ACTIVE", ResourceID: "eni-0123456789abcdef0", TrafficType: "ALL",
			LogDestinationType: "s3", LogDestination: "arn:aws:s3:::flow-logs/of/the/account/", MaxAggregationInterval: 600,
			LogFormat: "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
			Tags:      Set[benchTag]{{"Name", "flow log " + strconv.Itoa(i)}, {"team", "R&D"}}, DestinationOptions: &benchOptions{FileFormat: "plain-text"},
		})
	}
	c := &call{id: "0", action: "DescribeFlowLogs", plan: planXML(reflect.TypeFor[benchOutput]())}
	w := nowhere{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if err := (ec2Wire{}).reply(w, c, out); err != nil {
			b.Fatal(err)
		}
	}
}
