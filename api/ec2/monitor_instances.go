package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type monitorInstancesOutput struct {
	Instances api.Set[instanceMonitoring] `xml:"instancesSet"`
}

type instanceMonitoring struct {
	InstanceID string    `xml:"instanceId"`
	Monitoring stateItem `xml:"monitoring"`
}

func monitorInstances(t *tx, in *instancesInput) (*monitorInstancesOutput, error) {
	return in.monitor(t, true)
}

func unmonitorInstances(t *tx, in *instancesInput) (*monitorInstancesOutput, error) {
	return in.monitor(t, false)
}

// monitor keeps whether instances have detailed monitoring: there are no metrics.
func (in *instancesInput) monitor(t *tx, on bool) (*monitorInstancesOutput, error) {
	if len(in.InstanceIDs) == 0 {
		return nil, missingParameter("InstanceId")
	}
	out := &monitorInstancesOutput{}
	for _, id := range in.InstanceIDs {
		i, err := edit[vpc.Instance](t, id)
		if err != nil {
			return nil, err
		}
		i.Options.Monitoring = on
		t.Put(i)
		out.Instances = append(out.Instances, instanceMonitoring{id, stateItem{monitoringState(i)}})
	}
	return out, nil
}
