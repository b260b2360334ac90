"""Renders a chart by Helm's own engine, once for each set of values, and checks what comes out against Kubernetes' schemas.

Standard input: {"chart": folder, "kubernetes": ["1.34"], "cases": {name: values}}.
Standard output: {"helm": version, "cases": {name: {"lint": [...], "error": text or null, "objects": [...], "problems": [...]}}}.
"""

import json
import sys

import helm_python as helm
import kubernetes_validate as kubernetes
import yaml


def problems_of(objects, versions):
    problems = []
    for one in objects:
        name = f"{one['kind']}/{one['metadata']['name']}"
        for version in versions:
            try:
                kubernetes.validate(one, version, strict=True)
            except kubernetes.SchemaNotFoundError:
                problems.append({"object": name, "version": version, "unknown": True})
            except kubernetes.ValidationError as error:
                problems.append({"object": name, "version": version, "unknown": False, "message": error.message})
    return problems


def rendered(folder, values, versions):
    report = helm.lint(folder, values, strict=True, namespace="demo", kube_version=f"v{versions[0]}.0")
    lint = [message for message in report["messages"] if message["severity"] > 1] + report["errors"]
    try:
        with helm.Chart.load(folder) as chart:
            chart.validate_schema(values)
            files = chart.render(values, name="demo", namespace="demo")
    except helm.HelmError as error:
        return {"lint": lint, "error": str(error), "objects": [], "problems": []}
    objects = [one for text in files.values() for one in yaml.safe_load_all(text) if one is not None]
    return {"lint": lint, "error": None, "objects": objects, "problems": problems_of(objects, versions)}


given = json.load(sys.stdin)
answers = {name: rendered(given["chart"], values, given["kubernetes"]) for name, values in given["cases"].items()}
json.dump({"helm": helm.helm_sdk_version(), "cases": answers}, sys.stdout)
