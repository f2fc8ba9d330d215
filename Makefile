# Two commands matter: `make run` (needs Go only) and `make test` (installs npm packages, Chromium and Firefox).

PORT ?= 8080
FUZZTIME ?= 3600
MUTANTS ?= 100000
MUTANT_SEED ?= 1
COUNT ?= 1000
SEED ?= 1
ROUNDS ?= 3
DIST := dist
PACK := .cache/quantscope-site
RELEASE ?= release
NPM := site/e2e
TOOLS := $(CURDIR)/.cache/bin
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
VECTY := github.com/hexops/vecty # site/vecty, a module of its own in its place
JS := $(VECTY) ./site ./site/browser ./site/plot ./site/store ./site/view ./site/edge ./wasm/... ./kernels/... ./quant ./quant/evidence ./quant/promise # what also compiles for the browser
LONG := ./site/e2e ./quant ./quant/export ./quant/exec
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run build pack sizes test check lint audit deps edge edge-build shots recommended arrival whole bench thorough refine-accuracy qat fuzz mutants models zoo clean
.PHONY: sweep sweep-test release scalar receipts load earlier

## run: build the page and serve it on http://127.0.0.1:$(PORT)
run: build
	go run ./quant/cmd/quantscope serve --address 127.0.0.1:$(PORT) --dist $(DIST) --db .cache/receipts.db

build:
	@mkdir -p .cache
	go run ./site/build -out $(DIST)

## receipts: COUNT results of random recipes over the shared networks, made in Chromium, Firefox and by the command, each verified by the other; hours; another SEED takes others
receipts: deps
	RECEIPTS=$(COUNT) RECEIPT_SEED=$(SEED) go test ./site/e2e -run '^Test(Receipts|Differences|Chain)$$' -timeout 0 -v

## earlier: receipts of earlier releases, checked in today's page by the cores that the releases' commits build; needs the repository's history
earlier: deps
	EARLIER=1 go test ./site/e2e -run '^TestEarlierEngines$$' -timeout 0 -v

## load: the share service natively and on workerd under 200 clients for 20 s each, and both killed a hundred times while clients store and delete
load: deps
	go test ./site/serve -run '^Test(Load|Memory|Kill)$$' -load 20s -kills 100 -timeout 0 -v
	go test ./site/edge -run '^Test(Workerd|Memory|Kill)$$' -load 20s -kills 100 -timeout 0 -v

## sweep: the second program, which runs quantscope sweep on Apache Beam; a module of its own, some minutes the first time
sweep:
	cd quant/cmd/sweep && go build -trimpath -ldflags='-s -w' -o $(CURDIR)/.cache/quantscope-sweep .
	go build -o .cache/quantscope ./quant/cmd/quantscope
	@echo "run .cache/quantscope sweep PLAN.json"

## sweep-test: sweeps by one, two and four processes, on a Prism server, killed and begun again; FULL=1 takes four networks, 25 recipes, 600 images
sweep-test:
	cd quant/cmd/sweep && go vet ./... && go test -v -timeout 0 ./...

## release: one program with the page in it for linux, darwin, windows × amd64, arm64, its SHA-256 and bill of materials; built twice, the same bytes. RELEASE names the folder
release:
	go run ./site/release -out $(RELEASE)

## pack: the site in one folder and one zip, for a memory stick; any static server opens it, in a folder of its own too
pack:
	go run ./site/build -out $(PACK) -zip $(PACK).zip

## sizes: how large the programs are as they travel, compressed as for the net; a few minutes
sizes:
	go run ./site/build -small -out .cache/sizes

## test: everything, in real browsers and runtimes
test: deps lint build
	PATH="$$PATH:$$(go env GOROOT)/lib/wasm" GOOS=js GOARCH=wasm go test ./kernels/engine ./kernels/f32
	PATH="$$PATH:$$(go env GOROOT)/lib/wasm" GOOS=js GOARCH=wasm go test -run '^TestLeaf$$' ./quant/evidence
	CGO_ENABLED=0 go test -run '^Test(Quantize|Run|Verify|Train|Refine|Formats|Cases)$$' ./quant/cmd/quantscope # what a user without a C compiler has
	CGO_ENABLED=0 go test ./kernels/...
	@# packages start in the order they are named in: what takes longest must not be left for the end
	go test -timeout 60m -json $(LONG) ./... $(VECTY) | go run ./quant/internal/suites # says last which failed, which did not run, and which took long

## check: lint and audit. make test lints only: a vulnerability that becomes known overnight is not a failing test
check: lint audit

## lint: formatting, vet and staticcheck, natively and for the browser
lint: $(TOOLS)/staticcheck
	@files=$$(gofmt -l quant kernels wasm site); [ -z "$$files" ] || { echo "gofmt: $$files"; exit 1; }
	go vet ./... $(VECTY)
	CGO_ENABLED=0 go vet ./...
	GOOS=js GOARCH=wasm go vet $(JS)
	$(TOOLS)/staticcheck ./... $(VECTY)
	GOOS=js GOARCH=wasm $(TOOLS)/staticcheck $(JS)

$(TOOLS)/staticcheck:
	GOBIN=$(TOOLS) go install $(STATICCHECK)

## audit: known vulnerabilities of what is linked and of what the tests install; where the lists cannot be reached it says so and goes on
audit:
	@[ -x $(TOOLS)/govulncheck ] || GOBIN=$(TOOLS) go install $(GOVULNCHECK) || echo "audit: govulncheck cannot be installed; Go modules were NOT checked"
	@[ ! -x $(TOOLS)/govulncheck ] || { out=$$($(TOOLS)/govulncheck ./... 2>&1); status=$$?; \
	  case $$status in 0) ;; 3) echo "$$out"; exit 1;; *) echo "audit: the list of vulnerabilities cannot be reached; Go modules were NOT checked: $$(echo "$$out" | tail -1)";; esac; }
	@out=$$(npm audit --prefix $(NPM) --audit-level=high --json 2>/dev/null); status=$$?; \
	  case "$$out" in *'"auditReportVersion"'*) [ $$status = 0 ] || { npm audit --prefix $(NPM) --audit-level=high; exit 1; };; *) echo "audit: npm's list of vulnerabilities cannot be reached; npm packages were NOT checked";; esac

## deps: what the tests need beyond Go
deps: $(NPM)/node_modules/.package-lock.json
	@command -v chromium >/dev/null && command -v firefox-esr >/dev/null || { $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends chromium firefox-esr; }

$(NPM)/node_modules/.package-lock.json: $(NPM)/package-lock.json
	npm ci --prefix $(NPM) --no-audit --no-fund

## edge: the share service and the page on Cloudflare's runtime, locally
edge: edge-build
	WRANGLER_SEND_METRICS=false CI=1 $(NPM)/node_modules/.bin/wrangler dev --config site/edge/wrangler.jsonc

## shots: pictures of every place at five widths, light and dark, in site/e2e/screenshots; says what is wider than its window
shots: build $(NPM)/node_modules/.package-lock.json
	go build -o .cache/quantscope ./quant/cmd/quantscope
	@.cache/quantscope serve --address 127.0.0.1:8399 --dist $(DIST) --db .cache/shots.db & pid=$$!; trap "kill $$pid" EXIT; sleep 1; \
	  QUANTSCOPE_SITE=http://127.0.0.1:8399 node $(NPM)/shots.mjs

## recommended: how the page mends mobilenetv2: what it loses, its diagnosis, the first fix, what Recommended tries and keeps, and how long each takes
recommended: build $(NPM)/node_modules/.package-lock.json
	go build -o .cache/quantscope ./quant/cmd/quantscope
	@.cache/quantscope serve --address 127.0.0.1:8398 --dist $(DIST) --db .cache/recommended.db 2>/dev/null & pid=$$!; trap "kill $$pid" EXIT; sleep 1; \
	  QUANTSCOPE_SITE=http://127.0.0.1:8398 node $(NPM)/recommended.mjs

## arrival: how long a first visit waits, over localhost and as on a phone, and how large the programs are as they travel; a few minutes
arrival: build $(NPM)/node_modules/.package-lock.json
	go build -o .cache/quantscope ./quant/cmd/quantscope
	@.cache/quantscope serve --address 127.0.0.1:8397 --dist $(DIST) --db .cache/arrival.db 2>/dev/null & pid=$$!; trap "kill $$pid" EXIT; sleep 1; \
	  QUANTSCOPE_SITE=http://127.0.0.1:8397 node $(NPM)/arrival.mjs
	@$(MAKE) --no-print-directory sizes

## whole: how long whole jobs take in the page, stage by stage, and what of processors; BEFORE=DIST visits the build of another version in turn and gives ratios; ROUNDS=3
whole: build $(NPM)/node_modules/.package-lock.json
	go build -o .cache/quantscope ./quant/cmd/quantscope
	@.cache/quantscope serve --address 127.0.0.1:8396 --dist $(DIST) --db .cache/whole.db 2>/dev/null & pid=$$!; \
	  if [ -n "$(BEFORE)" ]; then .cache/quantscope serve --address 127.0.0.1:8395 --dist $(BEFORE) --db .cache/before.db 2>/dev/null & before=$$!; fi; \
	  trap "kill $$pid $$before" EXIT; sleep 1; \
	  QUANTSCOPE_SITE=http://127.0.0.1:8396 QUANTSCOPE_BEFORE=$(if $(BEFORE),http://127.0.0.1:8395) node $(NPM)/whole.mjs $(ROUNDS)

## edge-build: what wrangler takes to run or to deploy
edge-build: $(NPM)/node_modules/.package-lock.json
	go run ./site/build -small -out $(DIST)
	go run github.com/syumai/workers/cmd/workers-assets-gen -mode=go -o site/edge/build
	GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' -o site/edge/build/app.wasm ./site/edge

## bench: our engine beside ONNX Runtime Web and LiteRT.js in one browser, as ratios
bench:
	./kernels/bench/peers/run.sh --out .cache/bench.json

## thorough: the suites that make test shortens, in full: every preprocessing set wrongly on purpose, every network in every ONNX Runtime, mobilenetv2's collapse in the page
thorough: deps
	THOROUGH=1 go test ./quant ./quant/export ./site/e2e -timeout 0 -v

## scalar: operators, pairs of them and random networks on the scalar engine, which runs one lane at a time in Go; minutes
scalar:
	SCALAR=1 go test ./quant/exec -run 'TestOperators|TestPairs|TestRandomIntegers|Conform|Forms|Fake|Levels|Line|Shapes|Nodes|Params|Recurrent' -timeout 0

## refine-accuracy: AdaRound, BRECQ and QDrop on resnet20 beside MQBench's accuracies, the mean of four seeds, hours; REFINE=0,3 chooses lines
refine-accuracy:
	REFINE=$${REFINE:-all} go test ./quant/refine -run TestAccuracy -v -timeout 0

## qat: MQBench's runs of quantization-aware training, hours; QAT=20 takes so many steps of each
qat:
	QAT=$${QAT:-all} go test ./quant/train -run '^TestGolden(Noise|Runs)$$' -timeout 0 -v

## fuzz: every parser of a user's bytes, and whatever else has a fuzz target, FUZZTIME seconds for all of them; finds are kept in testdata
fuzz:
	@list=$$(grep -ro '^func Fuzz[A-Za-z0-9]*' --include='*_test.go' quant kernels site wasm | sed 's/func //'); \
	each=$$(( $(FUZZTIME) / $$(echo "$$list" | wc -l) )); [ $$each -ge 1 ] || each=1; \
	for target in $$list; do \
		go test "./$$(dirname $${target%%:*})" -run '^$$' -fuzz "^$${target##*:}$$" -fuzztime $${each}s -fuzzminimizetime 10x || exit 1; \
	done
	GRAPHS=2000 GRAPH_SEED=$$(date +%s) go test ./quant/exec ./quant/export -run '^TestRandomInONNXRuntime$$' -timeout 0 # new networks each time

## mutants: MUTANTS models, and as many of each other input, changed at random are opened, and models quantized, with memory and time capped; another MUTANT_SEED changes them otherwise
mutants:
	MUTANTS=$(MUTANTS) MUTANT_SEED=$(MUTANT_SEED) go test ./quant -run '^TestMutants?(Quantized|Inputs)?$$' -timeout 0 -v

## models: every network in the npm packages of quant/orttest/npm beside ONNX Runtime and LiteRT.js, and quantized, ten minutes; Debian's python3-torch decides in float64 where rounding grows
models: deps
	npm ci --prefix quant/orttest/npm --ignore-scripts --no-audit --no-fund
	NPM_FILES=1 go test ./quant/tflite ./quant/cmd/quantscope -run '^Test(NpmFiles|InLiteRT|CodesInLiteRT)$$' -v -timeout 0

## zoo: weights of torchvision's networks, opened and run beside PyTorch, and ONNX files of others beside ONNX Runtime, an hour; needs Debian's python3-torchvision
zoo:
	TORCHVISION=1 go test ./quant/zoo ./quant/cmd/quantscope -run 'Torchvision' -v -timeout 0

clean:
	rm -rf $(DIST) .cache site/edge/build
