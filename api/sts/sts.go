// Package sts answers AWS STS, which tells callers who they are.
package sts

import (
	"context"

	"github.com/flowemu/flowemu/api"
)

// Service gives STS's actions.
func Service() api.Service {
	return api.Service{
		SigningName: "sts", APIVersion: "2011-06-15", Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
		Actions: []api.Action{api.PlainQuery("GetCallerIdentity", getCallerIdentity)},
	}
}

type getCallerIdentityInput struct{}

type getCallerIdentityOutput struct {
	Arn     string `xml:"Arn"`
	UserID  string `xml:"UserId"`
	Account string `xml:"Account"`
}

// getCallerIdentity takes every caller for the root user of its account.
func getCallerIdentity(ctx context.Context, _ *getCallerIdentityInput) (*getCallerIdentityOutput, error) {
	account := api.CallerFrom(ctx).Account
	return &getCallerIdentityOutput{Arn: "arn:aws:iam::" + account + ":root", UserID: account, Account: account}, nil
}
