# SPDX-License-Identifier: MIT
"""Check a SARIF file: check_sarif.py FILE [--min-results N]

The parts of SARIF 2.1.0 that klint uses are written out below as a JSON Schema in
which no other member is allowed, so that a misspelt one is found.  Then what a
schema cannot say: indexes, base ids, orders, uniqueness.  With the standard's own
schema in $KLINT_SARIF_SCHEMA, that is applied too.
"""
import argparse
import json
import os
import sys

import jsonschema


def obj(required, **members):
    return {"type": "object", "properties": members, "required": required.split(),
            "additionalProperties": False}


def array(items, **more):
    return {"type": "array", "items": items, **more}


def enum(words):
    return {"enum": words.split()}


TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
POSITION = {"type": "integer", "minimum": 1}
LEVEL = enum("none note warning error")
URI = {"type": "string", "pattern": r"^(file:)?([A-Za-z0-9._~/@+,=-]|%[0-9A-F]{2})+$"}

MESSAGE = obj("text", text=TEXT)
MULTIFORMAT = obj("text", text=TEXT, markdown=TEXT)
PHYSICAL = obj("artifactLocation",
               artifactLocation=obj("uri", uri=URI, uriBaseId=TEXT),
               region=obj("startLine", startLine=POSITION, startColumn=POSITION))
LOGICAL = obj("name kind fullyQualifiedName",
              name=TEXT, kind=enum("function"), fullyQualifiedName=TEXT)
LOCATION = obj("", id=COUNT, physicalLocation=PHYSICAL, message=MESSAGE,
               logicalLocations=array(LOGICAL, minItems=1))
STEP = obj("location importance nestingLevel executionOrder",
           location=LOCATION, kinds=array(TEXT, minItems=1, uniqueItems=True),
           importance=enum("important essential unimportant"),
           nestingLevel=COUNT, executionOrder=COUNT)
FLOW = obj("threadFlows", threadFlows=array(
    obj("locations", locations=array(STEP, minItems=1)), minItems=1))
SUPPRESSION = obj("kind justification", kind=enum("inSource external"),
                  status=enum("accepted underReview rejected"), justification=TEXT)
RESULT = obj("ruleId ruleIndex level message locations partialFingerprints",
             ruleId=TEXT, ruleIndex=COUNT, level=LEVEL, message=MESSAGE,
             locations=array(LOCATION, minItems=1, maxItems=1),
             codeFlows=array(FLOW, minItems=1),
             relatedLocations=array(LOCATION, minItems=1, uniqueItems=True),
             partialFingerprints=obj("klint/v1", **{
                 "klint/v1": {"type": "string", "pattern": "^[0-9a-f]{16}:[1-9][0-9]*$"}}),
             suppressions=array(SUPPRESSION, uniqueItems=True),
             properties=obj("fix", fix=TEXT))
RULE = obj("id shortDescription defaultConfiguration",
           id=TEXT, shortDescription=MESSAGE, fullDescription=MESSAGE, help=MULTIFORMAT,
           defaultConfiguration=obj("level", level=LEVEL))
NOTIFICATION = obj("descriptor level message locations",
                   descriptor=obj("id", id=TEXT), level=LEVEL, message=MESSAGE,
                   locations=array(LOCATION, minItems=1))
RUN = obj("tool invocations columnKind results",
          tool=obj("driver", driver=obj(
              "name rules notifications", name=enum("klint"), version=TEXT,
              rules=array(RULE, minItems=1, uniqueItems=True),
              notifications=array(obj("id shortDescription", id=TEXT,
                                      shortDescription=MESSAGE), minItems=1))),
          invocations=array(obj("executionSuccessful toolExecutionNotifications",
                                commandLine=TEXT, executionSuccessful={"type": "boolean"},
                                toolExecutionNotifications=array(NOTIFICATION)),
                            minItems=1, maxItems=1),
          originalUriBaseIds=obj("SRCROOT", SRCROOT=obj(
              "uri", uri={**URI, "pattern": "^file:///(.*/)?$"}, description=MESSAGE)),
          columnKind=enum("utf16CodeUnits unicodeCodePoints"),
          results=array(RESULT))
LOG = {"$schema": "http://json-schema.org/draft-07/schema#",
       **obj("$schema version runs", **{"$schema": TEXT}, version=enum("2.1.0"),
             runs=array(RUN, minItems=1, maxItems=1))}


def locations_of(run):
    for result in run["results"]:
        yield from result["locations"]
        yield from result.get("relatedLocations", [])
        for flow in result.get("codeFlows", []):
            for thread in flow["threadFlows"]:
                yield from (step["location"] for step in thread["locations"])
    for notification in run["invocations"][0]["toolExecutionNotifications"]:
        yield from notification["locations"]


def check_result(result, rules):
    if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield f"ruleIndex {result['ruleIndex']} is not {result['ruleId']}"
    related = result.get("relatedLocations", [])
    if [place["id"] for place in related] != list(range(1, len(related) + 1)):
        yield "relatedLocations are not numbered from 1"
    for flow in result.get("codeFlows", []):
        steps = flow["threadFlows"][0]["locations"]
        if [s["executionOrder"] for s in steps] != list(range(1, len(steps) + 1)):
            yield "steps are not in the order of execution"
        if len(steps) != len(related):
            yield "codeFlows and relatedLocations tell different chains"


def check_run(run):
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    if len(set(ids)) != len(ids):
        yield f"a rule twice: {ids}"
    known = {d["id"] for d in run["tool"]["driver"]["notifications"]}
    for notification in run["invocations"][0]["toolExecutionNotifications"]:
        if notification["descriptor"]["id"] not in known:
            yield f"unknown notification {notification['descriptor']}"
    for result in run["results"]:
        yield from check_result(result, rules)
    prints = [result["partialFingerprints"]["klint/v1"] for result in run["results"]]
    if len(set(prints)) != len(prints):
        yield "two results have one fingerprint"
    if len({"suppressions" in result for result in run["results"]}) > 1:
        yield "some results tell of suppressions and some do not"
    for location in locations_of(run):
        artifact = location.get("physicalLocation", {}).get("artifactLocation", {})
        base = artifact.get("uriBaseId")
        if base and base not in run.get("originalUriBaseIds", {}):
            yield f"unknown uriBaseId {base}"
        if base and artifact["uri"].startswith(("/", "file:")):
            yield f"an absolute uri with a base: {artifact['uri']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--min-results", type=int, default=1)
    args = parser.parse_args()
    with open(args.file, encoding="utf-8") as f:
        log = json.load(f)
    jsonschema.Draft7Validator.check_schema(LOG)
    jsonschema.validate(log, LOG)
    official = os.environ.get("KLINT_SARIF_SCHEMA")
    if official:
        with open(official, encoding="utf-8") as f:
            jsonschema.validate(log, json.load(f))
    run = log["runs"][0]
    problems = list(check_run(run))
    if len(run["results"]) < args.min_results:
        problems.append(f"only {len(run['results'])} results")
    for problem in problems:
        print(f"{args.file}: {problem}", file=sys.stderr)
    print(f"{len(run['results'])} results, {len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
