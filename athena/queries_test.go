package athena

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"
	"go.yaml.in/yaml/v3"

	"github.com/flowemu/flowemu/flowlog"
)

// awsQueries is what "Predefined queries" in the VPC user guide lists, with the
// fields that each needs and how many rows it may find (0: all). The queries of
// the default format come first.
var awsQueries = []struct {
	name, fields string
	limit        int
}{
	{"VpcFlowLogsAcceptedTraffic", "action protocol", 0},
	{"VpcFlowLogsAdminPortTraffic", "srcaddr dstaddr srcport dstport bytes", 10},
	{"VpcFlowLogsRejectedTCPTraffic", "action protocol", 0},
	{"VpcFlowLogsRejectedTraffic", "action", 0},
	{"VpcFlowLogsSshRdpTraffic", "srcport dstport", 0},
	{"VpcFlowLogsTopTalkers", "srcaddr bytes", 50},
	{"VpcFlowLogsTopTCPTraffic", "srcaddr protocol bytes", 0},
	{"VpcFlowLogsTotalBytesTransferred", "srcaddr dstaddr bytes", 50},
	{"VpcFlowLogsTrafficFrmSrcAddr", "srcaddr", 0},
	{"VpcFlowLogsTrafficToDstAddr", "dstaddr", 0},
	{"VpcFlowLogsIPv4Traffic", "type bytes", 0},
	{"VpcFlowLogsIPv6Traffic", "type bytes", 0},
	{"VpcFlowLogsTopTalkersPacketLevel", "pkt-srcaddr bytes", 50},
	{"VpcFlowLogsTopTalkingInstances", "instance-id bytes", 50},
	{"VpcFlowLogsTopTalkingSubnets", "subnet-id bytes", 50},
	{"VpcFlowLogsTotalBytesTransferredPacketLevel", "pkt-srcaddr pkt-dstaddr bytes", 50},
}

const defaultQueries = 10

func awsNames(n int) []string {
	var out []string
	for _, q := range awsQueries[:n] {
		out = append(out, q.name)
	}
	slices.Sort(out)
	return out
}

// stored is the database, table and queries of a template.
type stored struct {
	database, table string
	columns         []string
	queries         map[string]string
}

func mustStored(t *testing.T, in Input) stored {
	t.Helper()
	var got struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Name          string                `yaml:"Name"`
				QueryString   string                `yaml:"QueryString"`
				DatabaseInput struct{ Name string } `yaml:"DatabaseInput"`
				TableInput    struct {
					Name              string   `yaml:"Name"`
					PartitionKeys     []column `yaml:"PartitionKeys"`
					StorageDescriptor struct {
						Columns []column `yaml:"Columns"`
					} `yaml:"StorageDescriptor"`
				} `yaml:"TableInput"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(mustTemplate(t, in), &got); err != nil {
		t.Fatal(err)
	}
	out := stored{database: in.databaseName(), queries: map[string]string{}}
	for _, r := range got.Resources {
		if p := r.Properties; p.QueryString != "" {
			out.queries[p.Name] = p.QueryString
		} else if p.TableInput.Name != "" {
			out.table = p.TableInput.Name
			for _, c := range slices.Concat(p.TableInput.StorageDescriptor.Columns, p.TableInput.PartitionKeys) {
				// SQLite has no string, and would make a number of "04".
				out.columns = append(out.columns, fmt.Sprintf("%q %s", c.Name, strings.ReplaceAll(c.Type, "string", "text")))
			}
		}
	}
	return out
}

// newDB gives an empty SQLite table with the template's columns. Another engine
// than ours, and not Athena's either: it finds wrong names, syntax and sums.
func (s stored) newDB(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	mustExec(t, db, fmt.Sprintf(`ATTACH ':memory:' AS %q`, s.database))
	mustExec(t, db, fmt.Sprintf(`CREATE TABLE %q.%q (%s)`, s.database, s.table, strings.Join(s.columns, ", ")))
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%v: %s", err, statement)
	}
}

// insert adds a row. As in Athena, a dash is null in a column of numbers.
func (s stored) insert(t *testing.T, db *sql.DB, values map[string]string) {
	t.Helper()
	var names, literals []string
	for name, v := range values {
		if i := slices.IndexFunc(flowlog.Fields(flowlog.VPC), func(f *flowlog.Field) bool { return f.Column() == name }); i >= 0 && flowlog.Fields(flowlog.VPC)[i].Type != flowlog.String {
			v = strings.ReplaceAll(v, "-", "NULL")
		} else {
			v = "'" + v + "'"
		}
		names, literals = append(names, name), append(literals, v)
	}
	mustExec(t, db, fmt.Sprintf(`INSERT INTO %q.%q (%s) VALUES (%s)`, s.database, s.table, strings.Join(names, ", "), strings.Join(literals, ", ")))
}

// dateFormat is the one thing of Athena's SQL in the queries that SQLite lacks.
var dateFormat = regexp.MustCompile(`date_format\(current_date - interval '(\d+)' (\w+), ('[^']*')\)`)

// today is what current_date is in tests.
const today = "2026-07-10"

// run gives each row as text, or only its packets where the query has all columns.
func run(db *sql.DB, query string) ([]string, error) {
	rows, err := db.Query(dateFormat.ReplaceAllString(query, "strftime($3, '"+today+"', '-$1 $2')"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		var text []string
		for i, v := range values {
			if !slices.Contains(names, "packets") || names[i] == "packets" {
				text = append(text, v.String)
			}
		}
		out = append(out, strings.Join(text, " "))
	}
	return out, rows.Err()
}

func mustRun(t *testing.T, db *sql.DB, name, query string) []string {
	t.Helper()
	out, err := run(db, query)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, query)
	}
	return out
}

// records has a line for each row; the first column, packets, is its number.
const records = `packets day srcaddr dstaddr srcport dstport protocol bytes action type instance_id subnet_id pkt_srcaddr pkt_dstaddr
	1  04 10.0.0.1    10.0.0.2    50000 22    6  100     ACCEPT IPv4 i-1 subnet-1 10.0.9.1    10.0.0.2
	2  04 10.0.0.2    10.0.0.1    22    50000 6  900     ACCEPT IPv4 i-2 subnet-1 10.0.0.2    10.0.9.1
	3  04 10.0.0.3    10.0.0.2    50001 3389  6  40      REJECT IPv4 i-2 subnet-1 10.0.0.3    10.0.0.2
	4  05 10.0.0.3    10.0.0.2    50002 53    17 61      REJECT IPv4 i-2 subnet-1 10.0.0.3    10.0.0.2
	5  05 2001:db8::1 2001:db8::2 50003 443   6  5000    ACCEPT IPv6 i-3 subnet-2 2001:db8::1 2001:db8::2
	6  05 192.0.2.1   10.0.0.1    443   50004 6  7000    ACCEPT IPv4 i-1 subnet-1 192.0.2.1   10.0.0.1
	7  06 10.0.0.1    192.0.2.1   50004 443   6  300     ACCEPT IPv4 -   subnet-1 10.0.0.1    192.0.2.1
	8  06 10.0.0.1    10.0.0.4    50005 5986  6  2000    ACCEPT IPv4 i-1 subnet-1 10.0.0.1    10.0.0.4
	9  06 -           -           -     -     -  -       -      -    i-9 subnet-9 -           -
	10 03 192.0.2.1   192.0.2.1   22    22    6  1000000 REJECT IPv4 i-1 subnet-1 10.0.0.1    10.0.0.2
	11 07 192.0.2.1   192.0.2.1   22    22    6  1000000 ACCEPT IPv6 i-1 subnet-1 10.0.0.1    10.0.0.2`

// TestQueries runs every query from the 4th to the 6th over records. Answers
// were worked out by hand.
func TestQueries(t *testing.T) {
	want := map[string][]string{
		"VpcFlowLogsAcceptedTraffic":    {"1", "2", "5", "6", "7", "8"},
		"VpcFlowLogsAdminPortTraffic":   {"10.0.0.4 2000", "10.0.0.2 1040"},
		"VpcFlowLogsIPv4Traffic":        {"10401"},
		"VpcFlowLogsIPv6Traffic":        {"5000"},
		"VpcFlowLogsRejectedTCPTraffic": {"3"},
		"VpcFlowLogsRejectedTraffic":    {"3", "4"},
		"VpcFlowLogsSshRdpTraffic":      {"1", "2", "3"},
		"VpcFlowLogsTopTalkers":         {"192.0.2.1 7000", "2001:db8::1 5000", "10.0.0.1 2400", "10.0.0.2 900", "10.0.0.3 101"},
		"VpcFlowLogsTopTalkersPacketLevel": {
			"192.0.2.1 7000", "2001:db8::1 5000", "10.0.0.1 2300", "10.0.0.2 900", "10.0.0.3 101", "10.0.9.1 100",
		},
		"VpcFlowLogsTopTalkingInstances": {"i-1 9100", "i-3 5000", "i-2 1001"},
		"VpcFlowLogsTopTalkingSubnets":   {"subnet-1 10401", "subnet-2 5000"},
		"VpcFlowLogsTopTCPTraffic":       {"192.0.2.1 7000", "2001:db8::1 5000", "10.0.0.1 2400", "10.0.0.2 900", "10.0.0.3 40"},
		"VpcFlowLogsTotalBytesTransferred": {
			"192.0.2.1 10.0.0.1 7000", "2001:db8::1 2001:db8::2 5000", "10.0.0.1 10.0.0.4 2000", "10.0.0.2 10.0.0.1 900",
			"10.0.0.1 192.0.2.1 300", "10.0.0.3 10.0.0.2 101", "10.0.0.1 10.0.0.2 100",
		},
		"VpcFlowLogsTotalBytesTransferredPacketLevel": {
			"192.0.2.1 10.0.0.1 7000", "2001:db8::1 2001:db8::2 5000", "10.0.0.1 10.0.0.4 2000", "10.0.0.2 10.0.9.1 900",
			"10.0.0.1 192.0.2.1 300", "10.0.0.3 10.0.0.2 101", "10.0.9.1 10.0.0.2 100",
		},
		"VpcFlowLogsTrafficFrmSrcAddr": {"6"},
		"VpcFlowLogsTrafficToDstAddr":  {"7"},
	}
	for _, format := range []flowlog.Format{flowlog.Default(), flowlog.AllFields()} {
		in := newInput()
		in.FlowLog.Format = format.String()
		in.Integrations[0].Frequency, in.Integrations[0].Start, in.Integrations[0].End = None, day(2021, 12, 4), day(2021, 12, 6)
		s := mustStored(t, in)
		db := s.newDB(t)
		lines := strings.Split(records, "\n")
		names := strings.Fields(lines[0])
		for _, line := range lines[1:] {
			row := map[string]string{"year": "2021", "month": "12"}
			for i, v := range strings.Fields(line) {
				if slices.ContainsFunc(s.columns, func(c string) bool { return strings.HasPrefix(c, `"`+names[i]+`"`) }) {
					row[names[i]] = v
				}
			}
			s.insert(t, db, row)
		}
		for name, query := range s.queries {
			if got := mustRun(t, db, name, query); !slices.Equal(got, want[name]) {
				t.Errorf("%s, version %d:\ngot  %q\nwant %q\n%s", name, format.Version, got, want[name], query)
			}
		}
	}
}

func TestQueryNames(t *testing.T) {
	in := newInput()
	names := func() []string {
		var out []string
		for name := range mustStored(t, in).queries {
			out = append(out, name)
		}
		slices.Sort(out)
		return out
	}
	if got := names(); !slices.Equal(got, awsNames(defaultQueries)) {
		t.Errorf("default format: %q", got)
	}
	in.FlowLog.Format = flowlog.AllFields().String()
	if got := names(); !slices.Equal(got, awsNames(len(awsQueries))) {
		t.Errorf("all fields: %q", got)
	}
}

// TestQueryFields gives every query its fields and no more, then takes one away.
func TestQueryFields(t *testing.T) {
	for _, q := range awsQueries {
		fields := strings.Fields(q.fields)
		in := newInput()
		in.FlowLog.Format = "${" + strings.Join(fields, "} ${") + "}"
		s := mustStored(t, in)
		if s.queries[q.name] == "" {
			t.Fatalf("%s is missing in %s", q.name, in.FlowLog.Format)
		}
		mustRun(t, s.newDB(t), q.name, s.queries[q.name])
		for i := range fields {
			in.FlowLog.Format = "${start} ${" + strings.Join(slices.Delete(slices.Clone(fields), i, i+1), "} ${") + "}"
			if len(fields) == 1 {
				in.FlowLog.Format = "${start}"
			}
			less := mustStored(t, in)
			if less.queries[q.name] != "" {
				t.Errorf("%s is there without %s", q.name, fields[i])
			}
			if _, err := run(less.newDB(t), s.queries[q.name]); err == nil {
				t.Errorf("%s does not need %s", q.name, fields[i])
			}
		}
	}
}

func TestQueryLimits(t *testing.T) {
	in := newInput()
	in.FlowLog.Format = flowlog.AllFields().String()
	in.Integrations[0].Frequency, in.Integrations[0].Start, in.Integrations[0].End = None, day(2021, 12, 4), day(2021, 12, 4)
	s := mustStored(t, in)
	db := s.newDB(t)
	const addresses = 60
	for n := range addresses {
		address := fmt.Sprintf("10.0.0.%d", n)
		s.insert(t, db, map[string]string{
			"year": "2021", "month": "12", "day": "04", "bytes": fmt.Sprint(n), "packets": "1", "protocol": "6", "srcport": "50000", "dstport": "22",
			"srcaddr": address, "dstaddr": address, "pkt_srcaddr": address, "pkt_dstaddr": address, "instance_id": "i" + address, "subnet_id": "s" + address,
		})
	}
	for _, q := range awsQueries {
		if q.limit == 0 {
			continue
		}
		got := mustRun(t, db, q.name, s.queries[q.name])
		if len(got) != q.limit || !strings.HasSuffix(got[0], " 59") {
			t.Errorf("%s found %d, first %s", q.name, len(got), got[0])
		}
	}
	if got := mustRun(t, db, "", s.queries["VpcFlowLogsTopTCPTraffic"]); len(got) != addresses {
		t.Errorf("VpcFlowLogsTopTCPTraffic found %d", len(got))
	}
}

// TestRecurringDays runs queries without dates on the tenth of July.
func TestRecurringDays(t *testing.T) {
	for frequency, want := range map[Frequency][]string{
		Daily: {"0709", "0710"}, Weekly: {"0703", "0708", "0709", "0710"}, Monthly: {"0610", "0702", "0703", "0708", "0709", "0710"},
	} {
		in := newInput()
		in.Integrations[0].Frequency = frequency
		s := mustStored(t, in)
		db := s.newDB(t)
		for _, date := range []string{"0609", "0610", "0702", "0703", "0708", "0709", "0710"} {
			for _, year := range []string{"2025", "2026"} {
				s.insert(t, db, map[string]string{"year": year, "month": date[:2], "day": date[2:], "action": "REJECT", "packets": date})
			}
		}
		got := mustRun(t, db, string(frequency), s.queries["VpcFlowLogsRejectedTraffic"])
		for i := range got {
			got[i] = fmt.Sprintf("%04s", got[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", frequency, got)
		}
	}
}
