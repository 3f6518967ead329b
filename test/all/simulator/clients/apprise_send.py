import json

import apprise


def call(name, address, body, **more):
    to = apprise.Apprise()
    to.add(address)
    print(json.dumps({"call": name, "gave": bool(to.notify(body=body, **more))}), flush=True)


call("text", "dingtalk://own/", "你好 apprise")
call("text to a phone", "dingtalk://own/13800000002", "你好 @13800000002")
call("markdown", "dingtalk://own/?format=markdown", "**你好** apprise", title="标题")
call("unknown robot", "dingtalk://nobody/", "你好")
