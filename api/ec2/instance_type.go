package ec2

import (
	"regexp"
	"strconv"
	"strings"
)

// Instance types are not listed here: any name of AWS's form is one, and what
// it has follows from the name. Source: "Instance type naming conventions",
// EC2 instance types guide.

var instanceTypeForm = regexp.MustCompile(`^([a-z]+)(\d+)([a-z-]*[a-z0-9-]*)\.(nano|micro|small|medium|large|(\d*)xlarge|metal|metal-\d+xl)$`)

func isInstanceType(name string) bool { return instanceTypeForm.MatchString(name) }

// architectureOf gives the architecture: g behind the generation is Graviton.
func architectureOf(instanceType string) string {
	m := instanceTypeForm.FindStringSubmatch(instanceType)
	if m != nil && (m[1] == "a" || strings.HasPrefix(m[3], "g")) {
		return "arm64"
	}
	return "x86_64"
}

func isBurstable(instanceType string) bool {
	m := instanceTypeForm.FindStringSubmatch(instanceType)
	return m != nil && m[1] == "t"
}

// vcpus gives how many virtual processors a size has in most families.
func vcpus(instanceType string) int {
	m := instanceTypeForm.FindStringSubmatch(instanceType)
	switch {
	case m == nil || m[4] == "small" && m[1] != "t":
		return 1
	case m[4] == "metal" || strings.HasPrefix(m[4], "metal-"):
		return 96
	case m[5] != "":
		n, _ := strconv.Atoi(m[5]) // digits; too many of them are 0
		return max(4*n, 4)
	case m[4] == "xlarge":
		return 4
	}
	return 2
}

func cpuOptionsOf(instanceType string) cpuOptions {
	n := vcpus(instanceType)
	if n < 2 || architectureOf(instanceType) == "arm64" {
		return cpuOptions{n, 1}
	}
	return cpuOptions{n / 2, 2}
}
