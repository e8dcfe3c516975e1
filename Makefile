# What is here: make check is what CI runs; e2e, soak, bench and compare are apart.
GOLANGCI_VERSION = v2.15.0
BIN = $(CURDIR)/.bin

.PHONY: run test check lint generate e2e soak bench compare fuzz

run: ## start flowemu
	go run ./cmd/flowemu

test: ## all tests that need no more than Go and gcc; the rest skip and say what is missing
	go test ./...

check: lint generate ## lint, vet, generated files, tests with the race detector
	go vet ./...
	go test -race ./...

lint: $(BIN)/golangci-lint-$(GOLANGCI_VERSION)
	$< fmt --diff ./...
	$< run ./...

$(BIN)/golangci-lint-$(GOLANGCI_VERSION):
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(BIN)/golangci-lint $@

generate: ## docs/fields.md from the field table
	go test ./flowlog -run TestFieldsDoc -update
	git diff --exit-code -- docs/fields.md

e2e: ## the program as a process: the README's session, kill -9, namespaces, three of AWS's clients, Terraform
	if command -v npm >/dev/null; then npm ci --prefix e2e/js --no-audit --no-fund; fi
	FLOWEMU_E2E=1 go test -count=1 -v -timeout 30m -run 'TestSession|TestKill|TestVeth|TestClients|TestTerraform' ./capture ./cmd/flowemu

soak: ## kill -9 during delivery, many times
	FLOWEMU_SOAK=1 go test -count=1 -v -timeout 30m -run 'TestKill' ./cmd/flowemu

bench: ## benchmarks of the hot path and of EC2's actions
	go test -run '^$$' -bench . -benchmem ./flowlog ./ipranges ./capture ./recordfile ./publisher ./api ./api/ec2

compare: ## CPU, loss and memory beside softflowd, nfpcapd and argus; needs root, Debian and ../shared; COMPARE=-quick for a short one
	go run ./bench/compare $(COMPARE)

fuzz: ## every fuzz target for a while
	for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do go test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s $$p || exit 1; done; done
