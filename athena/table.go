package athena

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/flowemu/flowemu/flowlog"
)

type tableProperties struct {
	CatalogID    reference  `yaml:"CatalogId"`
	DatabaseName reference  `yaml:"DatabaseName"`
	TableInput   tableInput `yaml:"TableInput"`
}

type tableInput struct {
	Name              string            `yaml:"Name"`
	Description       string            `yaml:"Description"`
	TableType         string            `yaml:"TableType"`
	Parameters        map[string]string `yaml:"Parameters"`
	PartitionKeys     []column          `yaml:"PartitionKeys"`
	StorageDescriptor storageDescriptor `yaml:"StorageDescriptor"`
}

type column struct {
	Name string `yaml:"Name"`
	Type string `yaml:"Type"`
}

type storageDescriptor struct {
	Columns      []column  `yaml:"Columns"`
	Location     string    `yaml:"Location"`
	InputFormat  string    `yaml:"InputFormat"`
	OutputFormat string    `yaml:"OutputFormat"`
	SerdeInfo    serdeInfo `yaml:"SerdeInfo"`
}

type serdeInfo struct {
	SerializationLibrary string            `yaml:"SerializationLibrary"`
	Parameters           map[string]string `yaml:"Parameters"`
}

// table gives the table over the flow log's objects. Like any table of flow logs
// it has what all flow logs with its destination delivered.
func (in *Input) table(i *Integration, format flowlog.Format) resource {
	location, placeholders := layout(&in.FlowLog)
	parameters := in.projection(i)
	parameters["EXTERNAL"] = "TRUE"
	parameters["storage.location.template"] = location + placeholders
	keys := []column{}
	for _, k := range partitionKeys(&in.FlowLog) {
		keys = append(keys, column{k.name, "string"})
	}
	storage := storageDescriptor{Columns: columns(format, in.FlowLog.FileFormat), Location: location}
	if in.FlowLog.FileFormat == flowlog.Parquet {
		storage.parquet()
	} else {
		storage.text()
		parameters["skip.header.line.count"] = "1"
	}
	return resource{"AWS::Glue::Table", tableProperties{
		CatalogID: reference{accountID}, DatabaseName: reference{database},
		TableInput: tableInput{
			Name: in.name(i), Description: "Records of " + in.FlowLog.ID, TableType: "EXTERNAL_TABLE",
			Parameters: parameters, PartitionKeys: keys, StorageDescriptor: storage,
		},
	}}
}

// text is what ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' stands for.
// Source: "Create a table for Amazon VPC flow logs" in the Athena guide.
func (s *storageDescriptor) text() {
	s.InputFormat = "org.apache.hadoop.mapred.TextInputFormat"
	s.OutputFormat = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	s.SerdeInfo = serdeInfo{
		SerializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
		Parameters:           map[string]string{"field.delim": " ", "serialization.format": " "},
	}
}

// Source: "Create tables for flow logs in Apache Parquet format" in the Athena guide.
func (s *storageDescriptor) parquet() {
	s.InputFormat = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	s.OutputFormat = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
	s.SerdeInfo = serdeInfo{
		SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
		Parameters:           map[string]string{"serialization.format": "1"},
	}
}

// columns gives a column for each field. In text the place counts, so a field
// that comes again has a number; in Parquet the name counts, and once is enough.
func columns(format flowlog.Format, fileFormat string) []column {
	taken := map[string]bool{}
	for _, f := range format.Fields {
		taken[f.Column()] = false
	}
	out := make([]column, 0, len(format.Fields))
	for _, f := range format.Fields {
		name := f.Column()
		if taken[name] && fileFormat == flowlog.Parquet {
			continue
		}
		if taken[name] {
			name = unused(name, taken)
		}
		taken[name] = true
		out = append(out, column{name, columnType(f)})
	}
	return out
}

func unused(name string, taken map[string]bool) string {
	for n := 2; ; n++ {
		numbered := name + "_" + strconv.Itoa(n)
		if _, known := taken[numbered]; !known {
			return numbered
		}
	}
}

// columnType gives the type that AWS's statements have. They have a bigint for
// protocol, though Parquet files have 32 bits: Athena reads these as well.
func columnType(f *flowlog.Field) string {
	switch {
	case f.Type == flowlog.Int64 || f.Name == "protocol":
		return "bigint"
	case f.Type == flowlog.Int32:
		return "int"
	}
	return "string"
}

// partitionKey is a key of the table, and how ObjectKey prints its part of a time.
type partitionKey struct{ name, layout string }

// partitionKeys gives the keys of the tables that AWS's own templates make.
func partitionKeys(f *flowlog.FlowLog) []partitionKey {
	keys := []partitionKey{{"year", "2006"}, {"month", "01"}, {"day", "02"}}
	if f.HourlyPartitions {
		keys = append(keys, partitionKey{"hour", "15"})
	}
	return keys
}

// layout gives the folder of all partitions of f, and what follows of a
// partition's folder with ${key} for the keys' values. It asks ObjectKey, whose
// folders end in one segment for each key, with or without Hive's "key=".
func layout(f *flowlog.FlowLog) (location, placeholders string) {
	bucket, _, _ := flowlog.Bucket(f.Destination)
	at := time.Date(2006, 1, 2, 15, 0, 0, 0, time.UTC)
	segments := strings.Split(path.Dir(flowlog.ObjectKey(f, at, 0)), "/")
	keys := partitionKeys(f)
	first := len(segments) - len(keys)
	for i, k := range keys {
		segment := &segments[first+i]
		*segment = strings.Replace(*segment, at.Format(k.layout), "${"+k.name+"}", 1)
	}
	return "s3://" + bucket + "/" + strings.Join(segments[:first], "/") + "/", strings.Join(segments[first:], "/") + "/"
}

// projection gives the table properties by which Athena computes the partitions
// itself. AWS's template loads them with a Lambda function that a schedule
// starts. Projection needs neither function nor role nor schedule, has the
// partitions of today at once, and works where there are no functions.
//
// What it gives up: the range of each key stands alone, so a table whose dates
// are not within one month has the whole years (and one without an end, until
// now). The named queries have the dates themselves. A single key of type date
// would have exact ends, but tables of AWS's templates have year, month and day.
// Source: "Supported types for partition projection" in the Athena guide.
func (in *Input) projection(i *Integration) map[string]string {
	p := map[string]string{
		"projection.enabled":            "true",
		"projection.year.type":          "date",
		"projection.year.format":        "yyyy",
		"projection.year.interval":      "1",
		"projection.year.interval.unit": "YEARS",
	}
	first, years, months, days := in.first(i), "NOW", "01,12", "01,31"
	if !i.End.IsZero() {
		last := i.End.UTC()
		years = last.Format("2006")
		if first.Year() == last.Year() {
			months = first.Format("01,") + last.Format("01")
			if first.Month() == last.Month() {
				days = first.Format("02,") + last.Format("02")
			}
		}
	}
	p["projection.year.range"] = first.Format("2006,") + years
	number := func(key, values string) {
		p["projection."+key+".type"], p["projection."+key+".digits"], p["projection."+key+".range"] = "integer", "2", values
	}
	number("month", months)
	number("day", days)
	if in.FlowLog.HourlyPartitions {
		number("hour", "00,23")
	}
	return p
}

// first gives the first day of the table: its start, else the day when the flow
// log was created, from which it has records.
func (in *Input) first(i *Integration) time.Time {
	for _, t := range []time.Time{i.Start, in.FlowLog.Created} {
		if !t.IsZero() {
			return t.UTC()
		}
	}
	return in.Now.UTC()
}

// days gives the condition for the integration's dates. Without dates it is the
// last day, week or month, whichever the frequency names, and today.
func (in *Input) days(i *Integration) string {
	const day = "year || month || day"
	if i.Start.IsZero() && i.End.IsZero() {
		since := map[Frequency]string{Daily: "'1' day", Weekly: "'7' day", Monthly: "'1' month"}[i.Frequency]
		return fmt.Sprintf("year >= date_format(current_date - interval %s, '%%Y')\n  AND %s >= date_format(current_date - interval %[1]s, '%%Y%%m%%d')", since, day)
	}
	first := in.first(i)
	if i.End.IsZero() {
		return fmt.Sprintf("year >= '%s'\n  AND %s >= '%s'", first.Format("2006"), day, first.Format("20060102"))
	}
	last := i.End.UTC()
	return fmt.Sprintf("year BETWEEN '%s' AND '%s'\n  AND %s BETWEEN '%s' AND '%s'",
		first.Format("2006"), last.Format("2006"), day, first.Format("20060102"), last.Format("20060102"))
}
