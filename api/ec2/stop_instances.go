package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type stopInstancesInput struct {
	instancesInput
	_ struct{} `ignored:"Force SkipOsShutdown Hibernate"`
}

func stopInstances(t *tx, in *stopInstancesInput) (*instanceChangesOutput, error) {
	return in.each(t, vpc.Stopped, func(i *vpc.Instance) error {
		switch {
		case i.State != vpc.Running:
			return incorrectInstanceState("This instance '%s' is not in a state from which it can be stopped.", i.ID)
		case i.Options.StopProtected:
			return &api.Error{Code: "OperationNotPermitted", Message: fmt.Sprintf("The instance '%s' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.", i.ID)}
		}
		i.Ended = t.now
		return nil
	})
}
