package athena

import (
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flowlog"
)

func mustFormat(t *testing.T, s string) flowlog.Format {
	t.Helper()
	f, err := flowlog.ParseFormat(flowlog.VPC, s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func columnsText(format flowlog.Format, fileFormat string) string {
	var out []string
	for _, c := range columns(format, fileFormat) {
		out = append(out, c.Name+" "+c.Type)
	}
	return strings.Join(out, ", ")
}

// TestColumns has the columns of the statement in "Create a table for Amazon VPC
// flow logs" in the Athena guide.
func TestColumns(t *testing.T) {
	const aws = "version int, account_id string, interface_id string, srcaddr string, dstaddr string, srcport int, dstport int, " +
		"protocol bigint, packets bigint, bytes bigint, start bigint, end bigint, action string, log_status string, " +
		"vpc_id string, subnet_id string, instance_id string, tcp_flags int, type string, pkt_srcaddr string, pkt_dstaddr string, " +
		"region string, az_id string, sublocation_type string, sublocation_id string, " +
		"pkt_src_aws_service string, pkt_dst_aws_service string, flow_direction string, traffic_path int"
	tests := []struct{ name, fileFormat, format, want string }{
		{"version 5", flowlog.PlainText, version5().String(), aws},
		{"version 5 in Parquet", flowlog.Parquet, version5().String(), aws},
		{"another order", flowlog.PlainText, "${end} ${dstport} ${vpc-id}", "end bigint, dstport int, vpc_id string"},
		{"a field twice in text: by place", flowlog.PlainText, "${srcaddr} ${bytes} ${srcaddr} ${srcaddr}", "srcaddr string, bytes bigint, srcaddr_2 string, srcaddr_3 string"},
		{"a field twice in Parquet: by name", flowlog.Parquet, "${srcaddr} ${bytes} ${srcaddr}", "srcaddr string, bytes bigint"},
	}
	for _, tt := range tests {
		if got := columnsText(mustFormat(t, tt.format), tt.fileFormat); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestLayout compares with the folders of "Flow log files" in the VPC user guide,
// and finds the objects of the flow log there.
func TestLayout(t *testing.T) {
	tests := []struct {
		name                       string
		hive, hourly               bool
		folder, location, template string
	}{
		{"plain", false, false, "", "s3://b/AWSLogs/123456789012/vpcflowlogs/us-east-1/", "${year}/${month}/${day}/"},
		{"hourly", false, true, "", "s3://b/AWSLogs/123456789012/vpcflowlogs/us-east-1/", "${year}/${month}/${day}/${hour}/"},
		{"Hive", true, false, "", "s3://b/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/", "year=${year}/month=${month}/day=${day}/"},
		{"Hive, hourly, in a folder named like a date", true, true, "/2006/01/02", "s3://b/2006/01/02/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/", "year=${year}/month=${month}/day=${day}/hour=${hour}/"},
	}
	for _, tt := range tests {
		f := newInput().FlowLog
		f.Destination, f.HivePartitions, f.HourlyPartitions = "arn:aws:s3:::b"+tt.folder, tt.hive, tt.hourly
		location, placeholders := layout(&f)
		if location != tt.location || placeholders != tt.template {
			t.Errorf("%s: got %s and %s", tt.name, location, placeholders)
		}
		at := time.Date(2024, 3, 9, 7, 5, 0, 0, time.UTC)
		folder := strings.NewReplacer("${year}", "2024", "${month}", "03", "${day}", "09", "${hour}", "07").Replace(location + placeholders)
		if key := "s3://b/" + flowlog.ObjectKey(&f, at, 1); !strings.HasPrefix(key, folder) || strings.Contains(strings.TrimPrefix(key, folder), "/") {
			t.Errorf("%s: %s is not in %s", tt.name, key, folder)
		}
	}
}

func TestProjection(t *testing.T) {
	tests := []struct {
		name               string
		start, end         time.Time
		years, months, day string
		days               string
	}{
		{
			"no dates",
			time.Time{},
			time.Time{},
			"2021,NOW", "01,12", "01,31",
			"year >= date_format(current_date - interval '1' day, '%Y')\n  AND year || month || day >= date_format(current_date - interval '1' day, '%Y%m%d')",
		},
		{"a start", day(2020, 5, 6), time.Time{}, "2020,NOW", "01,12", "01,31", "year >= '2020'\n  AND year || month || day >= '20200506'"},
		{"an end: from the flow log's first day", time.Time{}, day(2021, 12, 1), "2021,2021", "11,12", "01,31", "year BETWEEN '2021' AND '2021'\n  AND year || month || day BETWEEN '20211120' AND '20211201'"},
		{"one month", day(2021, 12, 4), day(2021, 12, 6), "2021,2021", "12,12", "04,06", "year BETWEEN '2021' AND '2021'\n  AND year || month || day BETWEEN '20211204' AND '20211206'"},
		{"over a new year", day(2020, 12, 31), day(2021, 1, 1), "2020,2021", "01,12", "01,31", "year BETWEEN '2020' AND '2021'\n  AND year || month || day BETWEEN '20201231' AND '20210101'"},
		{"the same month of two years", day(2020, 12, 4), day(2021, 12, 6), "2020,2021", "01,12", "01,31", "year BETWEEN '2020' AND '2021'\n  AND year || month || day BETWEEN '20201204' AND '20211206'"},
		{
			"a time zone", time.Date(2021, 12, 4, 23, 0, 0, 0, time.FixedZone("", -2*60*60)), day(2021, 12, 6), "2021,2021", "12,12", "05,06",
			"year BETWEEN '2021' AND '2021'\n  AND year || month || day BETWEEN '20211205' AND '20211206'",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := newInput()
			in.Integrations[0].Start, in.Integrations[0].End = tt.start, tt.end
			p := in.projection(&in.Integrations[0])
			for key, want := range map[string]string{"year": tt.years, "month": tt.months, "day": tt.day, "hour": ""} {
				if got := p["projection."+key+".range"]; got != want {
					t.Errorf("%s: got %s, want %s", key, got, want)
				}
			}
			if got := in.days(&in.Integrations[0]); got != tt.days {
				t.Errorf("got %s\nwant %s", got, tt.days)
			}
		})
	}
}
