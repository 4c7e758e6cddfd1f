"""What build servers see in a JUnit report: PyPI's junitparser reads the file, and the document is printed as JSON.

    read_junit.py FILE

`suites` is what junitparser says; `elements` is every element as the XML parser of Python (expat) reads it, with what stands in it.
"""

import json
import sys
import xml.etree.ElementTree as tree

from junitparser import Error, Failure, JUnitXml

file = sys.argv[1]


def case(it):
    results = [
        {"kind": type(result).__name__.lower(), "message": result.message, "type": result.type, "text": result.text}
        for result in it.result
        if isinstance(result, (Failure, Error))
    ]
    return {"name": it.name, "classname": it.classname, "time": it.time, "results": results}


report = JUnitXml.fromfile(file)
suites = [
    {
        "name": suite.name,
        "tests": suite.tests,
        "failures": suite.failures,
        "errors": suite.errors,
        "skipped": suite.skipped,
        "time": suite.time,
        "cases": [case(it) for it in suite],
    }
    for suite in report
]
totals = {"tests": report.tests, "failures": report.failures, "errors": report.errors, "time": report.time}
counted = JUnitXml.fromfile(file)
counted.update_statistics()
again = {"tests": counted.tests, "failures": counted.failures, "errors": counted.errors}

elements = [
    {"tag": it.tag, "attributes": it.attrib, "children": [child.tag for child in it]} for it in tree.parse(file).getroot().iter()
]
json.dump({"suites": suites, "totals": totals, "counted": again, "elements": elements}, sys.stdout)
