# Everything a person or CI does with semsearch. `make help` lists it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
CORPUS ?= corpus
INDEX ?= index
SHARED ?= ../shared
DICT ?= build/dicts
MINUTES ?= 60
FOLD_ENCODERS ?=
MEDQUAD ?= build/foreign/MedQuAD
INTERVIEWS ?= build/foreign/data-science-interviews
SIZES ?= 20,1000,10000,117659,1000000
TXTAI := build/txtai
AUDIT := build/audit
DICTIONARIES := $(addprefix $(DICT)/,foldoc.index jargon.index vera.index gcide.index)
INSTALL := $(BIN)/python requirements/install.py --no-compile
INSTALL_LOCKED := $(INSTALL) --require-hashes --no-deps
# more processes than cores (-n): some tests wait for a lock for seconds
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help serve build test test-all test-packaging test-cluster check format lint types layout docs-check docs bench bench-growth bench-overload bench-edits bench-import api-cases fuzz soak torture torture-cluster screenshots page-budget map-budget chart quality quality-development questions foreign static-sites names languages reconcile gaps-gain cross-check general fit-weights fit-confidence fit-names calibration training-data training picture lock audit sbom clean

##@ Use

help: ## List the targets
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-16s%s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "Settings: HOST=$(HOST) PORT=$(PORT) CORPUS=\"$(CORPUS)\" INDEX=$(INDEX) SHARED=$(SHARED) DICT=$(DICT) MINUTES=$(MINUTES)"

serve: build ## Set up, build the index from CORPUS and serve page and API on HOST:PORT
	@$(BIN)/semsearch serve --index $(INDEX) --host $(HOST) --port $(PORT)

build: $(BIN)/.run ## Set up and build INDEX from CORPUS (one or more paths)
	@echo "Building the index of $(CORPUS) in $(INDEX)"
	@$(BIN)/semsearch build $(CORPUS) --index $(INDEX)

clean: ## Remove what can be made again: environment, caches, results, and of INDEX all but live edits, keys and calibration
	rm -rf $(VENV) build dist .cache .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis *.egg-info
	rm -rf $(addprefix $(INDEX)/,CURRENT ACKNOWLEDGED FOLLOWED IN_STEP KEYS_COMPARED FOLLOWING LOCK BUILDING PUBLISHING COPYING encoders rerankers generations)
	find semsearch tests training benchmarks requirements tools clients/python -name __pycache__ -prune -exec rm -rf {} +

# The stamps are made last, so an installation that broke off is done again. Python compiles a module
# when it is first loaded; pip would compile all of them, most of which are never used. Where images of
# containers forbid Python to keep what it compiled, each start would compile hundreds of modules anew.
unexport PYTHONDONTWRITEBYTECODE
# A lock states the hashes of every file. Builds of torch have different ones, so it has a lock without:
# it comes last, when all that it needs is there but the libraries for graphics cards that it pins itself.
$(BIN)/.run: requirements/run.lock requirements/wheel.lock requirements/torch.lock pyproject.toml
	@test -x $(BIN)/python || { echo "Making the virtual environment $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing what semsearch needs into $(VENV) (a few minutes the first time)"
	@$(INSTALL_LOCKED) -r requirements/run.lock -r requirements/wheel.lock
	@$(INSTALL) -r requirements/torch.lock
	@echo "Installing semsearch itself"
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.dev: $(BIN)/.run requirements/dev.lock
	@echo "Installing what tests and checks need"
	@$(INSTALL_LOCKED) -r requirements/dev.lock
	@touch $@

$(BIN)/.cluster: $(BIN)/.dev requirements/cluster.lock
	@echo "Installing what tests of several machines need"
	@$(INSTALL_LOCKED) -r requirements/cluster.lock
	@touch $@

##@ Change

# Tests in a browser run by themselves: Playwright keeps an event loop running, and others start their own.
# `make check` has the tests of the layout.
test: $(BIN)/.dev ## Run the unit tests and one end-to-end test of each surface (two minutes on two cores)
	@$(PYTEST) -n 4 --ignore tests/test_layout.py -m "unit or surface and not browser"
	@$(BIN)/python -m pytest tests/browser -m surface

test-all: test ## Run every other test as well: models, processes, browser, torture and fuzz in short forms
	@$(PYTEST) -n 3 --dist loadscope -m "not (unit or surface or browser or packaging or cluster)"
	@$(PYTEST) -n 3 --dist loadscope tests/browser -m "not surface"

# Ray ends the process that it is in when it loses its nodes, so its tests have one of their own.
test-cluster: $(BIN)/.cluster ## Test the API on a shared store; kill servers, publishers and PostgreSQL; check that no edit is lost (20 minutes)
	@$(PYTEST) -n 3 --dist loadscope --shared-store -m "not (browser or packaging or cluster)"
	@$(BIN)/python -m pytest -m cluster tests/cluster --ignore tests/cluster/test_ray_build.py
	@$(BIN)/python -m pytest -m cluster tests/cluster/test_ray_build.py

check: lint types layout docs-check ## Lint, types, layers, bounds of the layout and documents

format: $(BIN)/.dev ## Let the formatter decide
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

docs: $(BIN)/.dev ## Write the generated tables of the documents, and run their examples
	@rm -rf build/docs-index # examples show the first generation
	@$(BIN)/semsearch build corpus --index build/docs-index
	@$(BIN)/python -m tools.docs --examples build/docs-index

lint: $(BIN)/.dev ## Style, docstrings and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: $(BIN)/.dev ## Types, strictly
	@$(BIN)/mypy

layout: $(BIN)/.dev ## Rooms, lines of modules, class names, declared dependencies, a test for every module
	@$(BIN)/python -m pytest -q tests/test_layout.py

docs-check: $(BIN)/.dev ## Bounds, links and generated parts of the documents
	@$(BIN)/python -m tools.docs --check

test-packaging: $(BIN)/.dev ## Install what the Dockerfile serves with, without torch, and serve from it
	@$(BIN)/python -m pytest -m packaging

screenshots: $(BIN)/.dev ## Write a picture of every state of every page to build/screenshots (needs a Chromium)
	@$(BIN)/python -m benchmarks.pages.screenshots build/screenshots

picture: $(BIN)/.dev build ## Draw the pictures of the README from the index (needs a Chromium)
	@$(BIN)/semsearch picture "how are words turned into lists of numbers?" --index $(INDEX) -o docs/embedding.svg
	@$(BIN)/python -m tools.docs.screenshot $(INDEX) docs

torture: $(BIN)/.dev ## Kill writers, cut the power, fill disks, damage files, stop servers; check that nothing was lost (two hours)
	@$(BIN)/python -m benchmarks.torture.kill --cycles 1000
	@$(BIN)/python -m benchmarks.torture.power --cuts 200
	@$(BIN)/python -m benchmarks.torture.power --cuts 200 --without-fsync
	@$(BIN)/python -m benchmarks.torture.disk
	@$(BIN)/python -m benchmarks.torture.bits --draws 10000
	@$(BIN)/python -m benchmarks.torture.edit_steps --times 3
	@$(BIN)/python -m benchmarks.torture.publish_steps --times 3
	@$(BIN)/python -m benchmarks.torture.model_check --steps 10000
	@$(BIN)/python -m benchmarks.torture.editors --edits 10000
	@$(BIN)/python -m benchmarks.torture.clients --edits 10000
	@$(BIN)/python -m benchmarks.torture.query_during_publish --publishes 100
	@$(BIN)/python -m benchmarks.torture.rate --publishes 100
	@$(BIN)/python -m benchmarks.torture.stop --stops 100

torture-cluster: $(BIN)/.dev ## Kill a replicated PostgreSQL, its servers and publishers, cut networks; check that nothing was lost (an hour; root)
	@$(BIN)/python -m benchmarks.torture.cluster --kills 50 --partitions 20

api-cases: $(BIN)/.dev ## Send 1,000 requests drawn from the interface description to each operation, twice (an hour)
	@$(BIN)/python -m benchmarks.api_cases --cases 1000

soak: $(BIN)/.dev ## Serve for MINUTES at half capacity with edits, publishes, slow clients and restarts; fails if anything grows
	@$(BIN)/python -m benchmarks.torture.soak --minutes $(MINUTES)

fuzz: $(BIN)/.dev ## Read 200,000 damaged files of every format (two hours)
	@$(BIN)/python -W error -m benchmarks.fuzz --files 200000

LOCK := $(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --strip-extras --allow-unsafe --no-header --annotation-style=line
# Each build of torch has hashes of its own, so torch.lock has it without any.
WITHOUT_TORCH := sed -i '/^torch==/,/^    \# via/d'

# What is a part of dev.lock begins with its pins and hashes, and keeps those that it needs.
lock: $(BIN)/.dev ## Resolve the dependencies anew, with hashes (minutes)
	@$(LOCK) pyproject.toml --extra build --extra dev --extra mcp -o requirements/dev.lock
	@grep -oE '^torch==[0-9.]+' requirements/dev.lock > requirements/torch.lock
	@for lock in run serve wheel; do cp requirements/dev.lock requirements/$$lock.lock; done
	@$(LOCK) pyproject.toml --extra build --extra postgres --extra objects -o requirements/run.lock
	@$(LOCK) pyproject.toml --extra postgres --extra objects -o requirements/serve.lock
	@$(LOCK) requirements/cluster.in -c requirements/dev.lock -o requirements/cluster.lock
	@$(LOCK) requirements/txtai.in -o requirements/txtai.lock
	@$(WITHOUT_TORCH) requirements/dev.lock requirements/run.lock requirements/txtai.lock
	@$(LOCK) pyproject.toml --only-build-deps --all-build-deps -o requirements/wheel.lock
	@$(LOCK) requirements/audit.in -o requirements/audit.lock

# The tools have an environment of their own. dev.lock has all that run.lock and serve.lock have.
$(AUDIT)/.made: requirements/audit.lock
	@test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	@echo "Installing pip-audit and cyclonedx-bom into $(AUDIT)"
	@$(AUDIT)/bin/python requirements/install.py --no-compile --require-hashes --no-deps -r $<
	@touch $@

# Strict: what the advisories do not know fails too, since it was not audited.
audit: $(AUDIT)/.made ## Look every locked version up in the advisories of PyPI (needs its JSON API)
	@failed=; for lock in "dev" "wheel" "audit" "cluster" "txtai" "torch --no-deps"; do \
		set -- $$lock; echo "requirements/$$1.lock"; \
		$(AUDIT)/bin/pip-audit --strict --disable-pip --progress-spinner off -r requirements/$$1.lock $$2 || failed="$$failed $$1.lock"; \
	done; test -z "$$failed" || { echo "not clean, or not audited:$$failed" >&2; exit 1; }

SBOM := $(AUDIT)/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible --validate

sbom: $(AUDIT)/.made ## Write what serves and what builds as CycloneDX, checked against its schema, to build/sbom
	@mkdir -p build/sbom
	@$(SBOM) -o build/sbom/serve.cdx.json requirements/serve.lock
	@cat requirements/run.lock requirements/torch.lock | $(SBOM) -o build/sbom/build.cdx.json -
	@echo "wrote build/sbom/serve.cdx.json and build/sbom/build.cdx.json"

##@ Measure

quality: $(BIN)/.dev ## Score five glossaries with the questions in SHARED; fails on a real drop
	@$(BIN)/python -m benchmarks.quality.scores $(SHARED) build/quality

quality-development: $(BIN)/.dev ## Score five other glossaries, whose questions may be fitted on
	@$(BIN)/python -m benchmarks.quality.scores $(SHARED) build/quality --development

questions: $(BIN)/.dev ## Score the domains of training.concepts, each by the encoder in FOLD_ENCODERS that never saw it
	@$(BIN)/python -m benchmarks.quality.questions build/questions $(if $(FOLD_ENCODERS),--encoders $(FOLD_ENCODERS))
	@$(BIN)/python -m benchmarks.quality.questions build/questions --phrases $(if $(FOLD_ENCODERS),--encoders $(FOLD_ENCODERS))

foreign: cross-check ## Score glossaries and questions that others wrote; needs MEDQUAD and INTERVIEWS (see docs/evaluation.md)
	@test -d "$(MEDQUAD)" && test -d "$(INTERVIEWS)" || { echo "Name checkouts of github.com/abachaa/MedQuAD and github.com/alexeygrigorev/data-science-interviews with MEDQUAD=FOLDER and INTERVIEWS=FOLDER" >&2; exit 1; }
	@$(BIN)/python -m benchmarks.quality.foreign build/foreign $(MEDQUAD) $(INTERVIEWS)/theory.md

languages: $(BIN)/.dev ## Measure a German and a Spanish glossary, with words analysed as English and in their language
	@$(BIN)/python -m benchmarks.quality.languages build/languages

static-sites: $(BIN)/.dev ## Measure the search by meaning of exported sites, on five glossaries and their questions in SHARED
	@$(BIN)/python -m benchmarks.quality.static_sites $(SHARED) build/quality

names: $(BIN)/.dev ## Measure how often names are found: in other cases, plurals and question wordings, and mistyped (needs SHARED)
	@$(BIN)/python -m benchmarks.quality.names $(SHARED) build/quality

reconcile: $(BIN)/.dev ## Measure how often a safe match of the Reconciliation API is right, and its speed (needs SHARED)
	@$(BIN)/python -m benchmarks.quality.reconcile $(SHARED) build/quality

gaps-gain: $(BIN)/.dev ## Measure what teaching the worst concepts of domains gains, and how well questions are grouped
	@$(BIN)/python -m benchmarks.quality.gaps build/gaps $(if $(FOLD_ENCODERS),--encoders $(FOLD_ENCODERS))

cross-check: $(BIN)/.dev $(DICT)/foldoc.index ## Ask MDN of SHARED for terms as FOLDOC in DICT defines them; fetches it on Debian
	@$(BIN)/python -m benchmarks.quality.crosscheck $(SHARED) build/quality $(DICT)

general: $(BIN)/.dev $(DICT)/wordnet/data.noun ## Ask own and base encoder about general English in WordNet, in DICT; fetches it on Debian
	@$(BIN)/python -m benchmarks.quality.general $(DICT)/wordnet

calibration: $(BIN)/.dev ## Measure what calibration improves, on five glossaries and their questions in SHARED
	@$(BIN)/python -m benchmarks.quality.calibration $(SHARED) build/quality

bench: $(BIN)/.dev $(TXTAI)/.made $(DICT)/wordnet/data.verb build ## Speed, memory and start beside a plain service and txtai, in one run (10 to 15 minutes)
	@$(BIN)/python -m benchmarks.speed.compare --index $(INDEX) --corpus $(CORPUS) --txtai $(TXTAI)/bin/python --wordnet $(DICT)/wordnet

# txtai's dependencies are not ours: it has an environment of its own.
$(TXTAI)/.made: requirements/txtai.lock requirements/torch.lock
	@test -x $(TXTAI)/bin/python || $(PYTHON) -m venv $(TXTAI)
	@echo "Installing txtai into $(TXTAI), to compare with"
	@$(TXTAI)/bin/python requirements/install.py --no-compile --require-hashes --no-deps -r $<
	@$(TXTAI)/bin/python requirements/install.py --no-compile -r requirements/torch.lock
	@touch $@

bench-growth: $(BIN)/.dev $(DICT)/wordnet/data.verb $(DICTIONARIES) ## Build and ask glossaries of SIZES entries, a million among them (hours; what is built is kept)
	@$(BIN)/python -m benchmarks.speed.growth --sizes $(SIZES) --dictionaries $(DICT)

bench-overload: $(BIN)/.dev build ## Send ten times more than the service can answer: questions, then all kinds of requests
	@$(BIN)/python -m benchmarks.speed.overload --index $(INDEX)
	@$(BIN)/python -m benchmarks.speed.overload --index $(INDEX) --mixed --output build/overload-mixed.json

bench-edits: $(BIN)/.dev build ## Measure edits, and questions during edits
	@$(BIN)/python -m benchmarks.speed.edits --index $(INDEX)

bench-import: $(BIN)/.dev $(DICT)/wordnet/data.verb $(DICTIONARIES) ## Measure reading of whole dictionaries and large tables, and writing of every format
	@$(BIN)/python -m benchmarks.speed.importing --dictionaries $(DICT)
	@$(BIN)/python -m benchmarks.speed.exporting --dictionaries $(DICT)

page-budget: $(BIN)/.dev ## Measure size and delay of pages, in the browser and on the service (needs a Chromium and SHARED)
	@$(BIN)/python -m benchmarks.pages.budgets $(SHARED)/glossaries/mdn

map-budget: $(BIN)/.dev ## Measure the map: neighbours it keeps, time of its layout, frames in a browser (needs a Chromium and SHARED)
	@$(BIN)/python -m benchmarks.speed.layout $(SHARED) build/quality
	@$(BIN)/python -m benchmarks.pages.moving build/maps

chart: $(BIN)/.dev ## Draw the chart and the table of docs/benchmarks.md from what the benchmarks wrote last
	@$(BIN)/python -m benchmarks.speed.chart build docs
	@$(BIN)/python -m tools.docs

##@ Train and fit

training-data: $(BIN)/.dev $(DICT)/foldoc.index ## Write pairs of questions and definitions from free dictionaries and manuals; fetches them on Debian
	@$(BIN)/python -m training.data build/training --shared $(SHARED) --foldoc $(DICT)/foldoc.index

training: training-data ## Train the encoder's adapter from that data and the concepts, and the encoders of three folds (two hours); see docs/development.md
	@$(BIN)/python -m training.train build/training build/training/run
	@for part in 1 2; do $(BIN)/python -m training.tune build/training build/training/common/$$part --start build/training/run/adapter --strength 0.6 --common $$part/2 --epochs 1 || exit 1; done
	@$(BIN)/python -m training.adapters build/training/common/mean $(addprefix build/training/common/,1 2)
	@for fold in a b c; do $(BIN)/python -m training.tune build/training build/training/folds/$$fold --start build/training/common/mean --fold $$fold || exit 1; done
	@$(BIN)/python -m training.adapters build/training/mean $(addprefix build/training/folds/,a b c)

fit-weights: $(BIN)/.dev ## Fit the weights of the score on the domains and the tuning halves of the questions in SHARED
	@$(BIN)/python -m benchmarks.quality.fit_weights $(SHARED) build/quality build/questions $(if $(FOLD_ENCODERS),--encoders $(FOLD_ENCODERS))

fit-names: $(BIN)/.dev ## Fit the confidence of a part of a name on the names of glossaries and concepts in SHARED
	@$(BIN)/python -m benchmarks.quality.fit_names $(SHARED)

fit-confidence: $(BIN)/.dev ## Fit the confidence on the domains and tuning halves, with the weights in use
	@$(BIN)/python -m benchmarks.quality.fit_confidence $(SHARED) build/quality build/questions $(if $(FOLD_ENCODERS),--encoders $(FOLD_ENCODERS))

# What Debian packages hold, for measuring and training.

# Unpacked elsewhere first, the index moved last, so a download that broke off is done again.
$(DICTIONARIES): $(DICT)/%.index:
	@command -v apt-get >/dev/null && command -v dpkg >/dev/null || { echo "$@ is missing, and there is no apt-get to fetch Debian's dict-$*; unpack that package and name the folder of $*.index with DICT=FOLDER" >&2; exit 1; }
	@rm -rf $(DICT)/new-$*
	@mkdir -p $(DICT)/new-$*
	@cd $(DICT)/new-$* && apt-get -q download dict-$* && dpkg -x dict-$*_*.deb .
	@mv $(DICT)/new-$*/usr/share/dictd/$*.dict.dz $(DICT)/new-$*/usr/share/dictd/$*.index $(DICT)
	@rm -r $(DICT)/new-$*

$(addprefix $(DICT)/wordnet/data.,noun verb):
	@command -v apt-get >/dev/null && command -v dpkg >/dev/null || { echo "$@ is missing, and there is no apt-get to fetch Debian's wordnet-base; unpack WordNet 3.0 and put its data files there" >&2; exit 1; }
	@rm -rf $(DICT)/new-wordnet
	@mkdir -p $(DICT)/new-wordnet $(DICT)/wordnet
	@cd $(DICT)/new-wordnet && apt-get -q download wordnet-base && dpkg -x wordnet-base_*.deb .
	@mv $(DICT)/new-wordnet/usr/share/wordnet/data.* $(DICT)/wordnet
	@rm -r $(DICT)/new-wordnet
