"""Trains an autoencoder with scikit-learn on the features that "ostiary features" wrote, and writes it as a layers model
(model.json and weights.bin) that "ostiary models import" takes.

    python train-autoencoder.py features.parquet network

It is an example to change: whatever gives dense layers from the inputs back to the inputs can be brought in.
"""

import argparse
import json
import pathlib

import numpy as np
import pyarrow.parquet as parquet
import sklearn
from sklearn.metrics import average_precision_score
from sklearn.neural_network import MLPRegressor

GATE_MIN = 0.5  # Rows of identities that are known well enough, as "ostiary train" takes them.
NOISE_SHARE = 0.15  # Inputs of a row that are exchanged for those of another.
PATIENCE_EPOCHS = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", help='Parquet file that "ostiary features" wrote')
    parser.add_argument("out", help="folder for model.json and weights.bin")
    parser.add_argument("--epochs", type=int, default=12, help="most epochs (default: 12)")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def read(path):
    """The rows, and what the file says of its inputs."""
    table = parquet.read_table(path)
    told = json.loads(table.schema.metadata[b"ostiary.features"])
    if told["version"] != 1:
        raise SystemExit(f'Cannot read features of version {told["version"]}: this script knows version 1')
    columns = [one["column"] for one in told["inputs"]]
    inputs = np.column_stack([table[name].to_numpy() for name in columns]).astype(np.float32)
    weights = np.array([one["weight"] for one in told["inputs"]], dtype=np.float32)
    known = table["input_context_gate"].to_numpy() >= GATE_MIN
    identities = np.array(table["identity_uid"].to_pylist())
    # The identities that "ostiary models import" holds back, too: its card then shows rows that this network never saw.
    held_back = np.isin(np.array([uid[-1] for uid in identities]), ["0", "8"])
    labelled = np.array(table["label"].is_valid().to_pylist())
    return told, inputs, weights, known, held_back, labelled


def spoilt(rows, weights, random):
    """Rows of which some weighted inputs are those of another row; context stays as it is."""
    others = rows[random.integers(len(rows), size=len(rows))]
    swapped = (random.random(rows.shape) < NOISE_SHARE) & (weights > 0)
    return np.where(swapped, others, rows)


def errors(network, given, rows, weights):
    made = network.predict(given)
    return ((rows - made) ** 2 * weights).sum(axis=1) / weights.sum()


def fit(rows, rest, weights, epochs, seed):
    random = np.random.default_rng(seed)
    network = MLPRegressor(
        hidden_layer_sizes=(16, 6, 16), activation="relu", batch_size=256, learning_rate_init=0.002, random_state=seed
    )
    # The error of context does not count, and scikit-learn weighs all outputs alike: so context is asked to be zero.
    target = rows * (weights > 0)
    rest_spoilt = spoilt(rest, weights, random) if len(rest) else rest
    history, best, kept = [], None, None
    for _ in range(epochs):
        given = spoilt(rows, weights, random)
        network.partial_fit(given, target)
        epoch = {"loss": float(errors(network, given, rows, weights).mean())}
        if len(rest):
            epoch["heldBack"] = float(errors(network, rest_spoilt, rest, weights).mean())
        history.append(epoch)
        loss = epoch.get("heldBack", epoch["loss"])
        if best is None or loss < history[best]["heldBack" if len(rest) else "loss"]:
            best = len(history) - 1
            kept = ([one.copy() for one in network.coefs_], [one.copy() for one in network.intercepts_])
        elif len(history) - 1 - best >= PATIENCE_EPOCHS:
            break
    network.coefs_, network.intercepts_ = kept
    return network, history


def layers_model(network, told, history):
    """The object of model.json and the bytes of weights.bin, as TensorFlow.js writes them."""
    layers, specs, parts = [], [], []
    for index, (kernel, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
        name = f"dense_{index + 1}"
        is_last = index == len(network.coefs_) - 1
        config = {"name": name, "units": int(kernel.shape[1]), "activation": "linear" if is_last else network.activation}
        if index == 0:
            config |= {"batch_input_shape": [None, int(kernel.shape[0])], "dtype": "float32"}
        layers.append({"class_name": "Dense", "config": config})
        for kind, values in (("kernel", kernel), ("bias", bias)):
            specs.append({"name": f"{name}/{kind}", "shape": list(values.shape), "dtype": "float32"})
            parts.append(values.astype("<f4").tobytes())
    model = {
        "format": "layers-model",
        "modelTopology": {"class_name": "Sequential", "config": {"name": "autoencoder", "layers": layers}},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": specs}],
        "userDefinedMetadata": {
            "ostiary": {
                "inputs": [one["id"] for one in told["inputs"]],
                "madeBy": f"scikit-learn {sklearn.__version__}, MLPRegressor",
                "history": history,
            }
        },
    }
    return model, b"".join(parts)


def main():
    given = arguments()
    told, inputs, weights, known, held_back, labelled = read(given.features)
    rows = inputs[known & ~held_back & ~labelled]
    rest = inputs[known & held_back & ~labelled]
    network, history = fit(rows, rest, weights, given.epochs, given.seed)
    model, weight_bytes = layers_model(network, told, history)
    out = pathlib.Path(given.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.json").write_text(json.dumps(model))
    (out / "weights.bin").write_bytes(weight_bytes)
    scores = errors(network, inputs, inputs, weights)
    result = {
        "rows": len(rows),
        "heldBack": len(rest),
        "epochs": len(history),
        "error": float(scores[known].mean()),
    }
    if labelled[known].any():
        result["labelled"] = int(labelled[known].sum())
        result["averagePrecision"] = float(average_precision_score(labelled[known], scores[known]))
    print(json.dumps(result))


main()
