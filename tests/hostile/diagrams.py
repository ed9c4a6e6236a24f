"""Hostile diagrams and their benign twins: XML, elements, structure, names."""
from __future__ import annotations

from tests.hostile.base import MAIN, SIDE, Bundle, Pair
from tests.shapes.drawing import draw

HEAD = b"<bpmn:definitions "
TASK = b'<bpmn:userTask id="handle"'
END = b"</bpmn:process>"
LANE = (b'<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="role" value="ROLE"/>'
        b'<spiffworkflow:property name="unit" value="UNIT"/></spiffworkflow:properties></bpmn:extensionElements></bpmn:lane></bpmn:laneSet>')
F = "main.bpmn"
BIG = b"<!-- " + b"x" * 1_000_000 + b" -->"
LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha">' + b"".join(b'<!ENTITY %c "%s">' % (b, b"&%c;" % a * 20) for a, b in zip(b"abcdefgh", b"bcdefghi", strict=True)) + b"]>"


def top(bad: bytes, good: bytes, says: str) -> Pair:
    """Something before the root."""
    return Pair(F, (HEAD, bad + HEAD), (HEAD, good + HEAD), says)


def attribute(bad: bytes, good: bytes, says: str) -> Pair:
    """An attribute of the root."""
    return Pair(F, (HEAD, HEAD + bad + b" "), (HEAD, HEAD + good + b" "), says)


def inside(bad: bytes, good: bytes, says: str) -> Pair:
    """Something more within the process."""
    return Pair(F, (END, bad + END), (END, good + END), says)


def extension(bad: bytes, good: bytes, says: str) -> Pair:
    """Something more in the extension elements of a user task."""
    mark = b'<bpmn:userTask id="handle" name="handle"><bpmn:extensionElements>'
    return Pair(F, (mark, mark + bad), (mark, mark + good), says)


def whole(bad, good, says: str) -> Pair:
    """The file's bytes as a whole."""
    return Pair(F, lambda b: b.__setitem__(F, bad(b[F])), lambda b: b.__setitem__(F, good(b[F])), says)


def drawn(bad: str, good: str, says: str) -> Pair:
    """The main process drawn anew."""
    return files({"main": bad}, {"main": good}, says)


def line(old: str, bad: str, good: str, says: str) -> Pair:
    """One line of the drawn main process."""
    assert old in MAIN
    return drawn(MAIN.replace(old, bad), MAIN.replace(old, good), says)


def files(bad: dict[str, str], good: dict[str, str], says: str, file: str = F) -> Pair:
    """Several processes drawn; an action whose message nobody waits for any more goes with it."""
    def change(texts: dict[str, str]):
        def draws(bundle: Bundle) -> None:
            bundle.update({f"{name}.bpmn": draw(name, text) for name, text in texts.items()})
            if "message gone" not in texts.get("main", MAIN):
                bundle["procedure.toml"] = bundle["procedure.toml"].replace(b'message = "withdraw"', b'does = "recuse"').split(b"[[checks]]")[0]
        return draws
    return Pair(file, change(bad), change(good), says)


def _bytes(old: str, new: str):
    return lambda data: data.replace(old.encode(), new.encode())


def _chain(n: int) -> str:
    names = [f"n{i}" for i in range(n)]
    throws = "\n".join(f"throw {name}" for name in names)
    flows = "\n".join(f"{a} -> {b}" for a, b in zip(["s", *names], [*names, "handle"], strict=True))
    return f"start s\n{throws}\ntask handle clerk office\nend done\n{flows}\nhandle -> done"


def _nested(n: int) -> bytes:
    return b"".join(b'<bpmn:group id="g%d"><bpmn:documentation>' % i for i in range(n)) + b"</bpmn:documentation></bpmn:group>" * n


def _loop(inner: str, sub: str = "", flows: str = "") -> str:
    return f"start s\ntask handle clerk office\ngate g\n{inner}\n{sub}\nend done\ns -> handle\nhandle -> g\n{flows}\ng -> u if round = 1\ng -> done else\nu -> g"


SUB = "start us\n{0}\nend ue\nus -> x\nx -> ue\nclose"
SELF = "start s\nthrow o effect.open={{process: \"{0}\"}}\ntask handle clerk office\nend done\ns -> o\no -> handle\nhandle -> done"
AFTER = "start s\ntask handle clerk office\nthrow o effect.open={{process: \"{0}\"}}\nend done\ns -> handle\nhandle -> o\no -> done"
HANDLE = "task handle clerk office starts=handle ends=handle effect.set={seen: answers.handle.text}"
SUPERVISE = 'effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}'
MULTI = b'<bpmn:multiInstanceLoopCharacteristics isSequential="%s"><bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">1</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
EACH = b'<spiffworkflow:properties><spiffworkflow:property name="each" value="case.co"/></spiffworkflow:properties>'


def multi(sequential: bytes):
    def change(b: Bundle) -> None:
        b[F] = b[F].replace(b'<spiffworkflow:property name="starts"', b'<spiffworkflow:property name="each" value="case.co"/><spiffworkflow:property name="starts"', 1)
        b[F] = b[F].replace(b"</bpmn:extensionElements></bpmn:userTask>", b"</bpmn:extensionElements>" + MULTI % sequential + b"</bpmn:userTask>", 1)
    return change


XML = {
    "doctype": top(b"<!DOCTYPE definitions>", b"<!-- <!DOCTYPE definitions> -->", "DOCTYPE"),
    "internal entity": top(b'<!DOCTYPE d [<!ENTITY a "b">]>', b"<!-- &a; -->", "DOCTYPE"),
    "external entity": top(b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>', b"<!-- file:///etc/passwd -->", "DOCTYPE"),
    "external DTD": top(b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">', b"<!-- http://127.0.0.1:9/x.dtd -->", "DOCTYPE"),
    "parameter entity": top(b'<!DOCTYPE d [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>', b"<!-- %a; -->", "DOCTYPE"),
    "billion laughs": top(LAUGHS, b"<!-- " + b"ha" * 500 + b" -->", "DOCTYPE"),
    "doctype behind a comment": top(b"<!-- > --><!DOCTYPE d>", b"<!-- > -->", "DOCTYPE"),
    "entity of no declaration": inside(b'<bpmn:textAnnotation id="x"><bpmn:text>&a;</bpmn:text></bpmn:textAnnotation>',
                                       b'<bpmn:textAnnotation id="x"><bpmn:text>&amp;a;</bpmn:text></bpmn:textAnnotation>', "well-formed"),
    "stylesheet": top(b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?>', b'<?xml version="1.0" encoding="utf-8"?>', "processing instruction"),
    "instruction inside": inside(b"<?php echo 1 ?>", b"<!-- ?php -->", "processing instruction"),
    "xinclude": inside(b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>', b"", "XInclude"),
    "schema location": attribute(b'xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"', b'exporter="http://127.0.0.1:9/x.xsd"', "schemaLocation"),
    "xml:base": attribute(b'xml:base="http://127.0.0.1:9/"', b'xml:lang="zh"', "attribute base"),
    "UTF-16": whole(lambda d: d.decode().encode("utf-16"), lambda d: b"\xef\xbb\xbf" + d, "UTF-8"),
    "UTF-16 without a mark": whole(lambda d: d.decode().encode("utf-16-be"), lambda d: d, "UTF-8"),
    "UTF-32": whole(lambda d: d.decode().encode("utf-32"), lambda d: d, "UTF-8"),
    "UTF-7 declared": top(b'<?xml version="1.0" encoding="utf-7"?>', b'<?xml version="1.0" encoding="UTF-8"?>', "UTF-8"),
    "UTF-16 declared in UTF-8": top(b'<?xml version="1.0" encoding="utf-16"?>', b"<?xml version='1.0' encoding='utf-8'?>", "UTF-8"),
    "GBK": whole(lambda d: b'<?xml version="1.0" encoding="gbk"?>' + d.replace(b'name="s"', 'name="开始"'.encode("gbk")), lambda d: d.replace(b'name="s"', 'name="开始"'.encode()), "UTF-8"),
    "broken UTF-8": whole(lambda d: d.replace(b'name="s"', b'name="\xff"'), lambda d: d.replace(b'name="s"', 'name="ÿ"'.encode()), "UTF-8"),
    "overlong UTF-8": whole(lambda d: d.replace(b'name="s"', b'name="\xc0\xbc"'), lambda d: d.replace(b'name="s"', b'name="&lt;"'), "UTF-8"),
    "XML 1.1": top(b'<?xml version="1.1"?>', b'<?xml version="1.0"?>', "XML 1.0"),
    "NUL": whole(_bytes('name="s"', 'name="\0"'), _bytes('name="s"', 'name=" "'), "NUL"),
    "control character": whole(_bytes('name="s"', 'name="\x08"'), _bytes('name="s"', 'name="\t"'), "well-formed"),
    "too large": top(BIG, BIG[:400_000] + b" -->", "larger than"),
    "too deep": inside(_nested(80), _nested(1).replace(b"</bpmn:documentation>", b"a</bpmn:documentation>"), "nested deeper"),
    "not well-formed": whole(lambda d: d[:-20], lambda d: d + b"\n", "well-formed"),
    "nothing": whole(lambda d: b"", lambda d: d, "well-formed"),
    "another root": whole(lambda d: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", lambda d: d, "not a BPMN document"),
    "open comments": whole(lambda d: b"<!--" * 200_000, lambda d: d + b"<!-- -->", "well-formed"),
    "open quotes": whole(lambda d: b"<a b='" + b"\"<>" * 200_000, lambda d: d, "well-formed"),
}
ELEMENTS = {
    "script task": inside(b'<bpmn:scriptTask id="x"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>', b"", "scriptTask is not allowed"),
    "service task": inside(b'<bpmn:serviceTask id="x"/>', b"", "serviceTask is not allowed"),
    "send task": inside(b'<bpmn:sendTask id="x"/>', b"", "sendTask is not allowed"),
    "plain task": inside(b'<bpmn:task id="x"/>', b"", "task is not allowed"),
    "manual task": inside(b'<bpmn:manualTask id="x"/>', b"", "manualTask is not allowed"),
    "inclusive gateway": inside(b'<bpmn:inclusiveGateway id="x"/>', b"", "inclusiveGateway is not allowed"),
    "event gateway": inside(b'<bpmn:eventBasedGateway id="x"/>', b"", "eventBasedGateway is not allowed"),
    "ad-hoc sub-process": inside(b'<bpmn:adHocSubProcess id="x"/>', b"", "adHocSubProcess is not allowed"),
    "transaction": inside(b'<bpmn:transaction id="x"/>', b"", "transaction is not allowed"),
    "catch event": inside(b'<bpmn:intermediateCatchEvent id="x"><bpmn:signalEventDefinition/></bpmn:intermediateCatchEvent>', b"", "intermediateCatchEvent is not allowed"),
    "event sub-process": Pair(F, (b'<bpmn:subProcess id="body"', b'<bpmn:subProcess triggeredByEvent="true" id="body"'),
                              (b'<bpmn:subProcess id="body"', b'<bpmn:subProcess triggeredByEvent="false" id="body"'), "triggeredByEvent"),
    "compensation": Pair(F, (TASK, TASK + b' isForCompensation="true"'), (TASK, TASK + b' isForCompensation="false"'), "isForCompensation"),
    "sequential instances": Pair(F, multi(b"true"), multi(b"false"), "isSequential"),
    "instances of a sub-process": Pair(F, lambda b: b.__setitem__(F, b[F].replace(b"</bpmn:subProcess>", MULTI % b"false" + b"</bpmn:subProcess>")), multi(b"false"), "user tasks only"),
    "standard loop": Pair(F, (b'</bpmn:userTask>', b"<bpmn:standardLoopCharacteristics/></bpmn:userTask>"), (b"</bpmn:userTask>", b"</bpmn:userTask>"), "standardLoopCharacteristics"),
    "data object that dangles": Pair(F, (b"</bpmn:subProcess>", b'<bpmn:dataObjectReference id="r" dataObjectRef="none"/></bpmn:subProcess>'),
                                     (b"</bpmn:subProcess>", b'<bpmn:textAnnotation id="r"><bpmn:text>none</bpmn:text></bpmn:textAnnotation></bpmn:subProcess>'), "dataObjectReference is not allowed"),
    "data object of two levels above": Pair(F, (b"</bpmn:subProcess>", b'<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/></bpmn:subProcess>'),
                                            (b"</bpmn:subProcess>", b"</bpmn:subProcess>"), "dataObject is not allowed"),
    "pre script": extension(b"<spiffworkflow:preScript>import os</spiffworkflow:preScript>", b"", "preScript"),
    "post script": extension(b"<spiffworkflow:postScript>import os</spiffworkflow:postScript>", b"", "postScript"),
    "service operator": extension(b'<spiffworkflow:serviceTaskOperator id="http/GET"/>', b"", "serviceTaskOperator"),
    "unit tests of spiff": extension(b"<spiffworkflow:unitTests/>", b"", "unitTests"),
    "camunda element": extension(b'<c:taskListener xmlns:c="http://camunda.org/schema/1.0/bpmn" class="java.lang.Runtime" event="create"/>', b"", "taskListener"),
    "camunda attribute": Pair(F, (TASK, TASK + b' xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="${runtime.exec()}"'), (TASK, TASK + b' startQuantity="1"'), "assignee"),
    "zeebe element": extension(b'<z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0" type="shell"/>', b"", "taskDefinition"),
    "foreign script": inside(b'<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>', b"", "script"),
    "posing as bpmn": inside(b'<b:scriptTask xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL/" id="x"/>', b"", "MODEL/"),
    "no namespace": inside(b"<scriptTask xmlns=''/>", b"", "scriptTask"),
    "another language": whole(_bytes("<bpmn:conditionExpression ", '<bpmn:conditionExpression language="javascript" '),
                              _bytes("<bpmn:conditionExpression ", '<bpmn:conditionExpression language="https://www.omg.org/spec/DMN/20191111/FEEL/" '), "language"),
    "expression language": attribute(b'expressionLanguage="http://www.java.com/java"', b'expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/"', "expressionLanguage"),
    "timer at the start": Pair(F, (b'<bpmn:startEvent id="s" name="s">', b'<bpmn:startEvent id="s" name="s"><bpmn:timerEventDefinition id="t"><bpmn:timeCycle>R/PT0S</bpmn:timeCycle></bpmn:timerEventDefinition>'),
                               (b'<bpmn:startEvent id="s" name="s">', b'<bpmn:startEvent id="s" name="start">'), "waits for nothing"),
    "error at the start": Pair(F, (b'<bpmn:startEvent id="s" name="s">', b'<bpmn:startEvent id="s" name="s"><bpmn:errorEventDefinition id="t"/>'),
                               (b'<bpmn:startEvent id="s" name="s">', b'<bpmn:startEvent id="s">'), "errorEventDefinition is not allowed"),
    "a message that does not interrupt": Pair(F, (b'attachedToRef="body"', b'attachedToRef="body" cancelActivity="false"'),
                                              (b'attachedToRef="body"', b'attachedToRef="body" cancelActivity="true"'), "must interrupt"),
    "a truth value spelled otherwise": Pair(F, (b'attachedToRef="body"', b'attachedToRef="body" cancelActivity="0"'), (b'attachedToRef="body"', b'attachedToRef="body" cancelActivity="true"'), "neither true nor false"),
    "a truth value with blanks": Pair(F, (b'<bpmn:subProcess id="body"', b'<bpmn:subProcess triggeredByEvent=" true " id="body"'),
                                      (b'<bpmn:subProcess id="body"', b'<bpmn:subProcess triggeredByEvent="false" id="body"'), "neither true nor false"),
    "a script among the shapes": extension(b"<bpmndi:script>import os</bpmndi:script>", b"", "script"),
    "a task among the shapes": inside(b'<dc:userTask id="x"/>', b"", "userTask"),
    "a language that ends in FEEL": whole(_bytes("<bpmn:conditionExpression ", '<bpmn:conditionExpression language="javascript:feel" '),
                                          _bytes("<bpmn:conditionExpression ", '<bpmn:conditionExpression language="FEEL" '), "language"),
    "a stamp that runs": attribute(b'xmlns:m="http://camunda.org/schema/modeler/1.0" m:onload="alert(1)"', b'xmlns:m="http://camunda.org/schema/modeler/1.0" m:executionPlatform="Camunda Cloud"', "onload"),
    "unknown property": extension(b'<spiffworkflow:properties><spiffworkflow:property name="onload" value="x"/></spiffworkflow:properties>', b"", "unknown property"),
    "property twice": Pair(F, (b'<spiffworkflow:property name="starts" value="handle"/>', b'<spiffworkflow:property name="starts" value="handle"/><spiffworkflow:property name="starts" value=""/>'),
                           (b'<spiffworkflow:property name="starts" value="handle"/>', b'<spiffworkflow:property name="starts" value="handle"/><spiffworkflow:property name="en" value="a"/>'), "stands twice"),
}
STRUCTURE = {
    "dangling flow": drawn(MAIN + "\ndone -> nowhere", MAIN, "does not exist"),
    "dangling message": Pair(F, (b'messageRef="m_withdraw"', b'messageRef="m_none"'), (b'messageRef="m_withdraw"', b'messageRef="m_withdraw" '), "does not exist"),
    "dangling shape": Pair(F, (b'bpmnElement="done"', b'bpmnElement="none"'), (b'bpmnElement="done"', b'bpmnElement="left"'), "does not exist"),
    "dangling default": Pair(F, (b' default="f_again_done"', b' default="f_none"'), (b' default="f_again_done"', b'  default="f_again_done"'), "default flow"),
    "id twice": Pair(F, (b'<bpmn:endEvent id="done"', b'<bpmn:endEvent id="left"'), (b'<bpmn:endEvent id="done"', b'<bpmn:endEvent  id="done"'), "stands twice"),
    "id of its process": drawn(MAIN.replace("left", "main"), MAIN.replace("left", "main_left"), "stands twice"),
    "no id": Pair(F, (b'<bpmn:endEvent id="left"', b"<bpmn:endEvent"), (b'<bpmn:endEvent id="left"', b'<bpmn:endEvent  id="left"'), "no id"),
    "process id of another file": Pair("side.bpmn", lambda b: b.__setitem__("side.bpmn", draw("main", SIDE)), lambda b: b.__setitem__("side.bpmn", draw("other", SIDE)), "already"),
    "sub-process id of another file": Pair("side.bpmn", lambda b: b.__setitem__("side.bpmn", draw("body", SIDE)), lambda b: b.__setitem__("side.bpmn", draw("bodily", SIDE)), "already"),
    "dead end": drawn("start s\ntask handle clerk office\ntask review approver office\nend done\nfork f\ns -> f\nf -> handle\nf -> review\nhandle -> done",
                      "start s\ntask handle clerk office\ntask review approver office\nend done\nfork f\ns -> f\nf -> handle\nf -> review\nhandle -> done\nreview -> done", "never reach"),
    "unreachable": drawn(MAIN + "\nend other\ntask handle2 clerk office form=handle\nhandle2 -> other", MAIN, "cannot be reached"),
    "two starts": drawn(MAIN + "\nstart s2\ns2 -> done", MAIN, "exactly one start"),
    "no default": Pair(F, (b' default="f_again_done"', b""), (b' default="f_again_done"', b' default="f_again_done" '), "needs a default"),
    "loop without a person": drawn(_loop("throw u"), _loop("task u clerk office form=handle"), "no person stands in"),
    "loop through an empty sub-process": drawn(_loop("sub u", SUB.format("throw x")), _loop("sub u", SUB.format("task x clerk office form=handle")), "no person stands in"),
    "loop through a call": files({"main": _loop("call u called"), "called": SUB.format("throw x").replace("close", "")},
                                 {"main": _loop("call u called"), "called": SUB.format("task x clerk office form=handle").replace("close", "")}, "no person stands in"),
    "a call of itself": drawn(MAIN.replace("decide asking extension", "call asking main"), MAIN.replace("decide asking extension", "call asking side"), "calls itself"),
    "calls in a circle": files({"main": MAIN.replace("decide asking extension", "call asking side"), "side": SIDE.replace("task review approver office", "call review main")},
                               {"main": MAIN.replace("decide asking extension", "call asking side")}, "calls itself"),
    "a call of nothing": drawn(MAIN.replace("decide asking extension", "call asking nowhere"), MAIN.replace("decide asking extension", "call asking side"), "does not exist"),
    "a process that opens itself": drawn(SELF.format("main"), SELF.format("side"), "opens itself"),
    "processes that open each other": files({"main": SELF.format("side"), "side": SELF.format("main").replace("handle", "review")},
                                            {"main": SELF.format("side"), "side": AFTER.format("main").replace("handle", "review")}, "opens itself"),
    "a flow across the border": drawn(MAIN + "\nreview -> done", MAIN, "cross the border"),
    "waiting after a repeatable moment": drawn(MAIN.replace("late -> told_off", "task watch clerk office form=handle\nlate -> watch\nwatch -> told_off"), MAIN, "nothing may wait"),
    "boundary event on a gateway": Pair(F, (b'attachedToRef="body"', b'attachedToRef="again"'), (b'attachedToRef="body"', b'attachedToRef="body" '), "stands on"),
    "boundary event on nothing": Pair(F, (b'attachedToRef="body"', b'attachedToRef="nobody"'), (b'attachedToRef="body"', b'attachedToRef="body" '), "attached to nothing"),
    "a chain too long": drawn(_chain(900), _chain(60), ""),
    "too many nodes": drawn(_chain(1_100), _chain(50), "more than 1000"),
}
NAMES = {
    "a direction mark": line(HANDLE, HANDLE.replace("clerk office", 'clerk office effect.ledger={kind: "a", text: "\u202e"}'), HANDLE.replace("clerk office", 'clerk office effect.ledger={kind: "a", text: "<-"}'), "direction mark"),
    "a direction mark by its number": whole(_bytes('name="s"', 'name="&#x202E;s"'), _bytes('name="s"', 'name="&#x202F;s"'), "direction mark"),
    "unknown role of a lane": inside(LANE.replace(b"ROLE", b"king").replace(b"UNIT", b"office"), LANE.replace(b"ROLE", b"clerk").replace(b"UNIT", b"office"), "unknown role"),
    "unknown unit of a lane": inside(LANE.replace(b"ROLE", b"clerk").replace(b"UNIT", b"../etc"), LANE.replace(b"ROLE", b"clerk").replace(b"UNIT", b"lead"), "unknown unit"),
    "an attribute walk of a literal": line("round < 3", 'round < 3 and "".__class__.__mro__ = null', 'round < 3 and "__class__" != ""', "unknown name"),
    "unknown role": line("task review approver office", "task review king office", "task review leader office", "unknown role"),
    "unknown unit": line("task review approver office", "task review approver dali/atlantis", "task review approver dali/market", "no unit"),
    "a unit that is a path": line("task review approver office", "task review approver ../../etc", "task review approver one_up(office)", "unknown unit"),
    "unknown form": line("task review approver office", "task review approver office form=nothing", "task review approver office form=handle", "no form"),
    "a form that is a path": line("task review approver office", "task review approver office form=../../etc/passwd", "task review approver office form=handle", "no name for a form"),
    "a task like a builtin": line("task review approver office", "task review approver office task=__class__", "task review approver office task=review", "no name for a task"),
    "unknown deadline": line("starts=handle", "starts=never", "starts=handle", "unknown deadline"),
    "no such moment": line("timer late handle handle overdue", "timer late handle handle __import__('os')", "timer late handle handle every 3 wd", "no moment"),
    "unknown trigger": line(SUPERVISE, SUPERVISE.replace("sh-s-1", "sh-s-9"), SUPERVISE, "unknown trigger"),
    "unknown mode": line(SUPERVISE, SUPERVISE.replace("network", "torture"), SUPERVISE, "unknown mode"),
    "unknown outcome": line('{outcome: "replied"}', '{outcome: "forgotten"}', '{outcome: "settled"}', "unknown outcome"),
    "unknown message kind": line('{kind: "replied"}', '{kind: "ignored"}', '{kind: if round > 1 then "closed" else "replied"}', "unknown kind"),
    "unknown effect": line("effect.set={", "effect.exec={", "effect.set={", "unknown effect"),
    "an effect without what it needs": line('effect.close={outcome: "replied"}', "effect.close={}", 'effect.close={outcome: "replied", note: 1}', "does not say"),
    "a condition that does not parse": line("round < 3", "round <", "round < 4", "does not parse"),
    "an unknown name": line("round < 3", "rounds < 3", "round < 3", "unknown name"),
    "an unknown field": line("answers.review.decision", "answers.review.__class__", "answers.review.decision", "unknown name"),
    "an unknown function": line("round < 3", "__import__(\"os\") = 3", "abs(round) < 3", "unknown function"),
    "an attribute walk": line("{seen: answers.handle.text}", "{seen: case.__class__.__mro__}", "{seen: case.title}", "unknown name"),
    "a process that is not there": line(HANDLE, "task handle clerk office effect.open={process: \"nowhere\"}", "task handle clerk office effect.open={process: \"side\"}", "no process"),
    "a message nobody waits for": line(HANDLE, "task handle clerk office effect.send={message: \"none\"}", "task handle clerk office effect.send={message: \"withdraw\"}", "nothing waits"),
    "a message to no process": line(HANDLE, "task handle clerk office effect.send={message: \"withdraw\", to: \"nowhere\"}", "task handle clerk office effect.send={message: \"withdraw\", to: \"main\"}", "no process"),
    "a message that process does not wait for": line(HANDLE, "task handle clerk office effect.send={message: \"withdraw\", to: \"side\"}", "task handle clerk office effect.send={message: \"withdraw\"}", "nothing waits"),
    "a slip in what is sent": line(HANDLE, "task handle clerk office effect.send={message: \"withdraw\", too: \"main\"}", "task handle clerk office effect.send={message: \"withdraw\", to: \"main\"}", "unknown key"),
    "an unknown decision": line("decide asking extension", "decide asking nothing", "decide asking limit", "unknown decision"),
}
