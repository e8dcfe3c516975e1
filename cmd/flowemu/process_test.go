package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// programEnv makes the test binary be the program.
const programEnv = "FLOWEMU_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		main()
	}
	if os.Getenv(serverEnv) != "" {
		serveFar()
	}
	os.Exit(m.Run())
}

// process is a running flowemu.
type process struct {
	cmd      *exec.Cmd
	endpoint string
	ready    string // the ready line
	stderr   *bytes.Buffer
}

// nobody is a user without rights.
const nobody = 65534

// start runs flowemu serve on a free port until the test ends. asNobody drops root.
func start(t *testing.T, asNobody bool, args ...string) *process {
	t.Helper()
	p := &process{stderr: &bytes.Buffer{}}
	program := os.Args[0]
	if asNobody {
		program = publicCopy(t, program)
	}
	p.cmd = exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Env = append(os.Environ(), programEnv+"=1", "AWS_REGION=us-east-1")
	p.cmd.Stderr = p.stderr
	if asNobody {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	p.ready, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = p.cmd.Wait()
		t.Fatalf("no ready line: %v\n%s", err, p.stderr)
	}
	_, rest, _ := strings.Cut(p.ready, "endpoint=")
	p.endpoint, _, _ = strings.Cut(rest, " ")
	return p
}

// publicCopy copies the program to where everybody may run it.
func publicCopy(t *testing.T, program string) string {
	t.Helper()
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(publicDir(t), "flowemu")
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// publicDir makes a directory that everybody may look into.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "flowemu-test-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// stop asks the process to stop and gives its exit status.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// command runs another command of the program against p and gives its output.
func (p *process) command(t *testing.T, stdin io.Reader, args ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), programEnv+"=1", "AWS_ENDPOINT_URL="+p.endpoint)
	cmd.Stdin = stdin
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("flowemu %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// post sends a request of flowemu's own, which must succeed.
func (p *process) post(t *testing.T, path string, body []byte) {
	t.Helper()
	resp, err := http.Post(p.endpoint+"/_flowemu/"+path, "application/octet-stream", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
}

var keys = credentials.NewStaticCredentialsProvider("test", "test", "")

func (p *process) ec2() *ec2.Client {
	return ec2.New(ec2.Options{Region: "us-east-1", BaseEndpoint: &p.endpoint, Credentials: keys})
}

func (p *process) s3() *s3.Client {
	return s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &p.endpoint, Credentials: keys, UsePathStyle: true})
}

func (p *process) logs() *cloudwatchlogs.Client {
	return cloudwatchlogs.New(cloudwatchlogs.Options{Region: "us-east-1", BaseEndpoint: &p.endpoint, Credentials: keys})
}

// eni gives an interface of the machine that has an IPv4 address.
func (p *process) eni(t *testing.T) types.NetworkInterface {
	t.Helper()
	got, err := p.ec2().DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got.NetworkInterfaces {
		if e.PrivateIpAddress != nil && *e.PrivateIpAddress == "127.0.0.1" {
			return e
		}
	}
	t.Skip("this machine has no loopback interface with 127.0.0.1")
	return types.NetworkInterface{}
}

// createS3Log makes a flow log of an interface into bucket "flow-logs"; without a format in the default one.
func (p *process) createS3Log(t *testing.T, eni string, format *string) {
	t.Helper()
	if _, err := p.s3().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("flow-logs")}); err != nil {
		t.Fatal(err)
	}
	out, err := p.ec2().CreateFlowLogs(t.Context(), &ec2.CreateFlowLogsInput{
		ResourceIds: []string{eni}, ResourceType: types.FlowLogsResourceTypeNetworkInterface, TrafficType: types.TrafficTypeAll,
		LogDestinationType: types.LogDestinationTypeS3, LogDestination: aws.String("arn:aws:s3:::flow-logs"), LogFormat: format,
	})
	if err != nil || len(out.FlowLogIds) != 1 {
		t.Fatalf("%+v %v", out, err)
	}
}

// createGroupLog makes a flow log of an interface into log group "flow-logs".
func (p *process) createGroupLog(t *testing.T, eni string, format *string) {
	t.Helper()
	_, err := p.ec2().CreateFlowLogs(t.Context(), &ec2.CreateFlowLogsInput{
		ResourceIds: []string{eni}, ResourceType: types.FlowLogsResourceTypeNetworkInterface, TrafficType: types.TrafficTypeAll,
		LogGroupName: aws.String("flow-logs"), DeliverLogsPermissionArn: aws.String("arn:aws:iam::000000000000:role/flow-logs"), LogFormat: format,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// objectLines gives the lines of every object of the bucket, without headers.
func (p *process) objectLines(t *testing.T) (lines []string) {
	t.Helper()
	pages := s3.NewListObjectsV2Paginator(p.s3(), &s3.ListObjectsV2Input{Bucket: aws.String("flow-logs")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			text := p.object(t, *o.Key)
			_, rest, _ := strings.Cut(text, "\n")
			lines = append(lines, strings.Split(strings.TrimSuffix(rest, "\n"), "\n")...)
		}
	}
	return lines
}

func (p *process) object(t *testing.T, key string) string {
	t.Helper()
	got, err := p.s3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("flow-logs"), Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	z, err := gzip.NewReader(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// eventLines gives the messages of the log group.
func (p *process) eventLines(t *testing.T) (lines []string) {
	t.Helper()
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(p.logs(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("flow-logs")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			lines = append(lines, *e.Message)
		}
	}
	return lines
}

// eventually waits until ok says so, which a process's own work decides.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: it did not happen", what)
		case <-tick.C:
		}
	}
}

// dataDir makes a data directory that nobody may use.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(publicDir(t), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
