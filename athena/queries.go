package athena

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowemu/flowemu/flowlog"
)

type namedQuery struct {
	Database    reference `yaml:"Database"`
	Description string    `yaml:"Description"`
	Name        string    `yaml:"Name"`
	QueryString string    `yaml:"QueryString"`
	WorkGroup   reference `yaml:"WorkGroup"`
}

// query is one of AWS's predefined queries. Its SQL has {table} for the table and
// {days} for the condition on the partitions.
type query struct {
	name, description, fields, sql string
}

// in says whether the format has all fields of the query.
func (q query) in(format flowlog.Format) bool {
	for name := range strings.FieldsSeq(q.fields) {
		if !slices.ContainsFunc(format.Fields, func(f *flowlog.Field) bool { return f.Name == name }) {
			return false
		}
	}
	return true
}

// The ports of the queries about administration: ssh, telnet, Remote Desktop,
// VNC and WinRM. AWS does not say which it takes.
const (
	sshAndRDP  = "(22, 3389)"
	adminPorts = "(22, 23, 3389, 5900, 5985, 5986)"
)

// exampleAddress stands where a reader puts an address: it belongs to nobody.
const exampleAddress = "192.0.2.1"

// queries gives AWS's predefined queries. Names, and what a query is to find, are
// AWS's; the SQL is ours. Records without traffic (NODATA) have no bytes.
// Source: "Predefined queries" in the VPC user guide.
func queries() []query {
	return []query{
		{"VpcFlowLogsAcceptedTraffic", "TCP connections that security groups and network ACLs allowed", "action protocol", rows("action = 'ACCEPT' AND protocol = 6")},
		{"VpcFlowLogsAdminPortTraffic", "The 10 addresses with the most bytes from and to their administrative ports", "srcaddr dstaddr srcport dstport bytes", adminPortTraffic()},
		{"VpcFlowLogsIPv4Traffic", "All bytes over IPv4", "type bytes", total("type = 'IPv4'")},
		{"VpcFlowLogsIPv6Traffic", "All bytes over IPv6", "type bytes", total("type = 'IPv6'")},
		{"VpcFlowLogsRejectedTCPTraffic", "TCP connections that security groups or network ACLs denied", "action protocol", rows("action = 'REJECT' AND protocol = 6")},
		{"VpcFlowLogsRejectedTraffic", "Traffic that security groups or network ACLs denied", "action", rows("action = 'REJECT'")},
		{"VpcFlowLogsSshRdpTraffic", "SSH and Remote Desktop traffic", "srcport dstport", rows("(srcport IN " + sshAndRDP + " OR dstport IN " + sshAndRDP + ")")},
		{"VpcFlowLogsTopTalkers", "The 50 addresses that sent the most bytes", "srcaddr bytes", top("srcaddr", "", 50)},
		{"VpcFlowLogsTopTalkersPacketLevel", "The 50 addresses in packets that sent the most bytes", "pkt-srcaddr bytes", top("pkt_srcaddr", "", 50)},
		{"VpcFlowLogsTopTalkingInstances", "The 50 instances with the most bytes", "instance-id bytes", top("instance_id", "instance_id <> '-'", 50)},
		{"VpcFlowLogsTopTalkingSubnets", "The 50 subnets with the most bytes", "subnet-id bytes", top("subnet_id", "subnet_id <> '-'", 50)},
		{"VpcFlowLogsTopTCPTraffic", "The bytes that each address sent over TCP", "srcaddr protocol bytes", top("srcaddr", "protocol = 6", 0)},
		{"VpcFlowLogsTotalBytesTransferred", "The 50 pairs of addresses with the most bytes", "srcaddr dstaddr bytes", top("srcaddr, dstaddr", "", 50)},
		{"VpcFlowLogsTotalBytesTransferredPacketLevel", "The 50 pairs of addresses in packets with the most bytes", "pkt-srcaddr pkt-dstaddr bytes", top("pkt_srcaddr, pkt_dstaddr", "", 50)},
		{"VpcFlowLogsTrafficFrmSrcAddr", "Traffic from an address: replace " + exampleAddress, "srcaddr", rows("srcaddr = '" + exampleAddress + "'")},
		{"VpcFlowLogsTrafficToDstAddr", "Traffic to an address: replace " + exampleAddress, "dstaddr", rows("dstaddr = '" + exampleAddress + "'")},
	}
}

// rows gives the records for which a condition holds.
func rows(condition string) string {
	return "SELECT *\nFROM {table}\nWHERE {days}\n  AND " + condition
}

// total gives the sum of the bytes.
func total(condition string) string {
	return "SELECT sum(bytes) AS totalbytes\nFROM {table}\nWHERE {days}\n  AND " + condition
}

// top gives the bytes of each value of the columns, the most first. AWS's own
// VpcFlowLogsTotalBytesTransferred was seen without DESC, which finds the pairs
// with the fewest bytes; it says that it finds those with the most.
func top(columns, condition string, limit int) string {
	if condition != "" {
		condition = "\n  AND " + condition
	}
	sql := fmt.Sprintf("SELECT %s, sum(bytes) AS totalbytes\nFROM {table}\nWHERE {days}\n  AND bytes IS NOT NULL%s\nGROUP BY %[1]s\nORDER BY totalbytes DESC", columns, condition)
	if limit > 0 {
		sql += fmt.Sprintf("\nLIMIT %d", limit)
	}
	return sql
}

// adminPortTraffic counts for the side that serves the port, requests and replies.
func adminPortTraffic() string {
	return "SELECT CASE WHEN dstport IN " + adminPorts + " THEN dstaddr ELSE srcaddr END AS address, sum(bytes) AS totalbytes\n" +
		"FROM {table}\nWHERE {days}\n  AND (srcport IN " + adminPorts + " OR dstport IN " + adminPorts + ")\n" +
		"GROUP BY 1\nORDER BY totalbytes DESC\nLIMIT 10"
}
