package flowlog

import (
	"fmt"
	"time"
)

// Slot is the length of AWS's publishing interval: a file's time is floored to it.
const Slot = 5 * time.Minute

// ObjectKey gives the key of a file of f, in the folder that the destination
// names: the account, Region and flow log, the time of the file floored to five
// minutes, and a number that tells files of one slot apart, printed as AWS's
// eight hexadecimal digits. A Parquet file ends in .log.parquet, without .gz.
// Source: "Publish flow logs to Amazon S3", "Flow log files"; real Parquet objects.
func ObjectKey(f *FlowLog, at time.Time, unique uint32) string {
	_, folder, _ := Bucket(f.Destination)
	at = at.UTC().Truncate(Slot)
	extension := "gz"
	if f.FileFormat == Parquet {
		extension = "parquet"
	}
	return fmt.Sprintf("%sAWSLogs/%s%s_vpcflowlogs_%s_%s_%s_%08x.log.%s", folder, partition(f, at),
		f.Account, f.Region, f.ID, at.Format("20060102T1504Z"), unique, extension)
}

// partition gives the part between AWSLogs/ and the file name.
func partition(f *FlowLog, at time.Time) string {
	account, days, hours := "%s/vpcflowlogs/%s/", "2006/01/02/", "15/"
	if f.HivePartitions {
		account, days, hours = "aws-account-id=%s/aws-service=vpcflowlogs/aws-region=%s/", "year=2006/month=01/day=02/", "hour=15/"
	}
	if f.HourlyPartitions {
		days += hours
	}
	return fmt.Sprintf(account, f.Account, f.Region) + at.Format(days)
}
