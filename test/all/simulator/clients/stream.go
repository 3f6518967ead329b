package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/chatbot"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/client"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/event"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/payload"
)

func heard(what string, text string) {
	line, _ := json.Marshal(map[string]string{"heard": what, "text": text})
	fmt.Println(string(line))
}

func onMessage(ctx context.Context, data *chatbot.BotCallbackDataModel) ([]byte, error) {
	heard("robot message", data.Text.Content)
	err := chatbot.NewChatbotReplier().SimpleReplyText(ctx, data.SessionWebhook, []byte("收到 go"))
	return []byte(""), err
}

func onEvent(_ context.Context, frame *payload.DataFrame) (*payload.DataFrameResponse, error) {
	heard("event", event.NewEventHeaderFromDataFrame(frame).EventType)
	answer := payload.NewSuccessDataFrameResponse()
	return answer, answer.SetJson(event.NewEventProcessResultSuccess())
}

func main() {
	bot := client.NewStreamClient(
		client.WithAppCredential(client.NewAppCredentialConfig("dingsimapp", "dingsimsecret")),
		client.WithOpenApiHost(os.Getenv("SIMULATOR")),
	)
	bot.RegisterChatBotCallbackRouter(onMessage)
	bot.RegisterAllEventRouter(onEvent)
	if err := bot.Start(context.Background()); err != nil {
		panic(err)
	}
	select {}
}
