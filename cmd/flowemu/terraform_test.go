package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// terraform runs Terraform in a directory of its own, against p.
type terraform struct{ dir, endpoint string }

// TestTerraform applies e2e/terraform with the AWS provider, plans again, also
// after a restart, to see that nothing differs, and destroys all of it. A
// directory of providers can be named by FLOWEMU_TERRAFORM_PLUGINS.
func TestTerraform(t *testing.T) {
	if os.Getenv("FLOWEMU_E2E") == "" {
		t.Skip("it takes minutes; make e2e runs it, by FLOWEMU_E2E=1")
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is missing")
	}
	data := dataDir(t)
	p := start(t, false, "--data", data, "--capture", "none")
	if _, err := p.s3().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("flow-logs")}); err != nil {
		t.Fatal(err)
	}
	tf := newTerraform(t, p)
	tf.must(t, "apply", "-auto-approve")
	tf.must(t, "plan", "-detailed-exitcode") // 2 if anything differs
	p.stop(t)
	p = start(t, false, "--data", data, "--capture", "none")
	tf.endpoint = p.endpoint
	tf.must(t, "plan", "-detailed-exitcode")
	tf.must(t, "destroy", "-auto-approve")
	vpcs, err := p.ec2().DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vpcs.Vpcs {
		if *v.CidrBlock == "10.0.0.0/16" {
			t.Errorf("left behind: %+v", v)
		}
	}
	if logs, err := p.ec2().DescribeFlowLogs(t.Context(), &ec2.DescribeFlowLogsInput{}); err != nil || len(logs.FlowLogs) > 0 {
		t.Errorf("left behind: %+v %v", logs, err)
	}
}

func newTerraform(t *testing.T, p *process) *terraform {
	t.Helper()
	tf := &terraform{t.TempDir(), p.endpoint}
	text, err := os.ReadFile(filepath.Join(e2eDir, "terraform", "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tf.dir, "main.tf"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"init"}
	if plugins := os.Getenv("FLOWEMU_TERRAFORM_PLUGINS"); plugins != "" {
		args = append(args, "-plugin-dir="+plugins)
	}
	if out, err := tf.run(t, args...); err != nil {
		t.Skipf("terraform's AWS provider is missing: %s", out)
	}
	return tf
}

func (tf *terraform) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "terraform", append(args, "-input=false", "-no-color")...)
	cmd.Dir, cmd.Env = tf.dir, append(os.Environ(), "TF_VAR_endpoint="+tf.endpoint, "TF_IN_AUTOMATION=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (tf *terraform) must(t *testing.T, args ...string) {
	t.Helper()
	if out, err := tf.run(t, args...); err != nil {
		t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
