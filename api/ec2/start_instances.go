package ec2

import (
	"time"

	"github.com/flowemu/flowemu/vpc"
)

type startInstancesInput struct {
	instancesInput
	_ struct{} `ignored:"AdditionalInfo"`
}

func startInstances(t *tx, in *startInstancesInput) (*instanceChangesOutput, error) {
	return in.each(t, vpc.Running, func(i *vpc.Instance) error {
		if i.State != vpc.Stopped {
			return incorrectInstanceState("The instance '%s' is not in a state from which it can be started.", i.ID)
		}
		i.Launched, i.Ended = t.now, time.Time{}
		return nil
	})
}
