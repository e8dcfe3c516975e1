package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type instancesInput struct {
	dryRun
	InstanceIDs []string `query:"InstanceId"`
}

type terminateInstancesInput struct {
	instancesInput
	_ struct{} `ignored:"Force SkipOsShutdown"`
}

type instanceChangesOutput struct {
	Instances api.Set[instanceChange] `xml:"instancesSet"`
}

type instanceChange struct {
	InstanceID string        `xml:"instanceId"`
	Current    instanceState `xml:"currentState"`
	Previous   instanceState `xml:"previousState"`
}

// terminateInstances deletes the interfaces and volumes that go with their
// instance, and detaches the others.
func terminateInstances(t *tx, in *terminateInstancesInput) (*instanceChangesOutput, error) {
	return in.each(t, vpc.Terminated, func(i *vpc.Instance) error {
		if i.Options.Protected {
			return &api.Error{
				Code: "OperationNotPermitted", Message: fmt.Sprintf("The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.", i.ID),
			}
		}
		i.Ended = t.now
		for _, e := range t.Interfaces(i) {
			t.leave(e)
		}
		for _, v := range volumesOf(t, i) {
			t.Remove(v)
		}
		return nil
	})
}

// leave takes an interface from an instance that goes.
func (t *tx) leave(e *vpc.ENI) {
	if e.Attachment.DeleteOnTermination {
		t.removeInterface(e)
		return
	}
	e = vpc.Clone(e)
	detach(e)
	t.Put(e)
}

// each brings instances into a state with change, which is called only for those
// that are not in it already, and puts them.
func (in *instancesInput) each(t *tx, state string, change func(*vpc.Instance) error) (*instanceChangesOutput, error) {
	if len(in.InstanceIDs) == 0 {
		return nil, missingParameter("InstanceId")
	}
	out := &instanceChangesOutput{}
	for _, id := range in.InstanceIDs {
		i, err := edit[vpc.Instance](t, id)
		if err != nil {
			return nil, err
		}
		before := i.State
		if before != state {
			if err := change(i); err != nil {
				return nil, err
			}
			i.State = state
			t.Put(i)
			for _, e := range t.Interfaces(i) {
				if err := t.updatePublicOf(e.ID); err != nil {
					return nil, err
				}
			}
		}
		out.Instances = append(out.Instances, instanceChange{id, stateNamed(state), stateNamed(before)})
	}
	return out, nil
}
