"""What oslo.policy itself answers: a list of questions as JSON in, a list of answers out."""
import json
import logging
import sys
import warnings

from oslo_config import cfg
from oslo_policy import _parser, policy

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")


def answer(conf, question):
    try:
        parsed = {name: _parser.parse_rule(rule) for name, rule in question["rules"].items()}
    except Exception as error:
        return ["parse-exception", type(error).__name__, None]
    trees = {name: str(rule) for name, rule in parsed.items()}
    enforcer = policy.Enforcer(conf, use_conf=False, default_rule=question["defaultRule"])
    enforcer.set_rules(parsed)
    try:
        result = enforcer.enforce(question["rule"], question["target"], question["creds"])
    except Exception as error:
        return ["exception", type(error).__name__, trees]
    return ["allow" if result else "deny", None, trees]


conf = cfg.ConfigOpts()
conf([], project="none", default_config_files=[])
json.dump([answer(conf, question) for question in json.load(sys.stdin)], sys.stdout)
