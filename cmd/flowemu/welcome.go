package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/flowemu/flowemu"
	"github.com/flowemu/flowemu/discovery"
)

// welcome says what is captured as which ENI, and the commands that make a flow
// log of it, ready to be copied.
func welcome(e *flowemu.Emulator, region string) string {
	var b strings.Builder
	b.WriteString("\n")
	for _, f := range e.Captured() {
		how := "captured"
		if !f.Live {
			how = "not captured"
		}
		fmt.Fprintf(&b, "  %-12s %-15s %s  %s\n", f.Name, f.ENI.PrivateIP, f.ENI.ID, how)
	}
	if len(e.Captured()) == 0 {
		b.WriteString("  No interface was found.\n\n")
		return b.String()
	}
	f := example(e.Captured())
	fmt.Fprintf(&b, `
Flow logs of %s in another terminal:

  export AWS_ENDPOINT_URL=%s AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=%s
  aws s3 mb s3://flow-logs
  aws ec2 create-flow-logs --resource-type NetworkInterface --resource-ids %s \
    --traffic-type ALL --log-destination-type s3 --log-destination arn:aws:s3:::flow-logs
%s  aws s3 cp --recursive s3://flow-logs . && find AWSLogs -name '*.log.gz' | xargs zcat

`, f.Name, e.Endpoint(), region, f.ENI.ID, traffic(f))
	return b.String()
}

// example gives an interface that is likely to have traffic.
func example(found []discovery.Found) discovery.Found {
	for _, f := range found {
		if f.Live && !f.Loopback {
			return f
		}
	}
	return found[0]
}

// traffic gives the commands that bring packets, where none may come by themselves, and deliver.
func traffic(f discovery.Found) string {
	program := programName()
	return fmt.Sprintf("  %s inject --interface-id %s --sample\n  %s flush\n", program, f.ENI.ID, program)
}

// programName gives what to type for this program: its name if the shell finds
// it, else where it is, which with 'go run' is a place that nobody knows.
func programName() string {
	if _, err := exec.LookPath("flowemu"); err == nil {
		return "flowemu"
	}
	path, err := os.Executable()
	if err != nil {
		return "flowemu"
	}
	return path
}
