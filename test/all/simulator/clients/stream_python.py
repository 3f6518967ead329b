"""The official SDK for Stream; its host is a variable of the environment."""
import json

import dingtalk_stream
from dingtalk_stream import AckMessage


def heard(what, text):
    print(json.dumps({"heard": what, "text": text}), flush=True)


class Robot(dingtalk_stream.ChatbotHandler):
    async def process(self, callback):
        incoming = dingtalk_stream.ChatbotMessage.from_dict(callback.data)
        heard("robot message", incoming.text.content)
        self.reply_text("收到 python", incoming)
        return AckMessage.STATUS_OK, "OK"


class Events(dingtalk_stream.EventHandler):
    async def process(self, event):
        heard("event", event.headers.event_type)
        return AckMessage.STATUS_OK, "OK"


client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential("dingsimapp", "dingsimsecret"))
client.register_callback_handler(dingtalk_stream.chatbot.ChatbotMessage.TOPIC, Robot())
client.register_all_event_handler(Events())
print(json.dumps({"call": "token", "gave": bool(client.get_access_token())}), flush=True)
client.start_forever()
