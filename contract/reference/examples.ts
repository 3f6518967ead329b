/** A request with a body, to the local stack. */
export type Example = { method: string; path: string; body: Record<string, unknown> };

export type Language = {
  title: string;
  /** As a fence of Markdown names it. */
  code: string;
  /** The file in which it runs as it stands. */
  file: string;
  write(example: Example): string;
};

const BASE = 'http://127.0.0.1:3000';
const KEY = 'local';
const json = (value: unknown, indent = 2) => JSON.stringify(value, undefined, indent);
/** Every line after the first one deeper. */
const inside = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);

/** Each with its standard library only; all print the status and the answer. */
export const LANGUAGES: readonly Language[] = [
  {
    title: 'curl',
    code: 'sh',
    file: 'send.sh',
    // double quotes, which cmd.exe takes too
    write: ({ method, path, body }) =>
      `curl ${method === 'POST' ? '' : `-X ${method} `}${BASE}${path} -H "Authorization: Bearer ${KEY}" -H "Content-Type: application/json" -d ${JSON.stringify(JSON.stringify(body))}`,
  },
  {
    title: 'TypeScript',
    code: 'ts',
    file: 'send.mts',
    write: ({ method, path, body }) => `const response = await fetch('${BASE}${path}', {
  method: '${method}',
  headers: {
    authorization: 'Bearer ${KEY}',
    'content-type': 'application/json',
    'idempotency-key': crypto.randomUUID(),
  },
  body: JSON.stringify(${inside(json(body), '  ')}),
});
console.log(response.status, await response.text());`,
  },
  {
    title: 'Python',
    code: 'python',
    file: 'send.py',
    // JSON without true, false and null is Python as it stands
    write: ({ method, path, body }) => `import json, urllib.request, uuid

body = ${json(body, 4)}
request = urllib.request.Request(
    "${BASE}${path}",
    method="${method}",
    data=json.dumps(body).encode(),
    headers={
        "Authorization": "Bearer ${KEY}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    },
)
with urllib.request.urlopen(request) as response:
    print(response.status, response.read().decode())`,
  },
  {
    title: 'Java',
    code: 'java',
    file: 'Send.java',
    write: ({ method, path, body }) => `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;

class Send {
  public static void main(String[] args) throws Exception {
    var body = """
        ${inside(json(body).replaceAll('\\', '\\\\'), '        ')}
        """;
    var request = HttpRequest.newBuilder(URI.create("${BASE}${path}"))
        .header("Authorization", "Bearer ${KEY}")
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", UUID.randomUUID().toString())
        .method("${method}", BodyPublishers.ofString(body))
        .build();
    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    System.out.println(response.statusCode() + " " + response.body());
  }
}`,
  },
  {
    title: 'Go',
    code: 'go',
    file: 'main.go',
    write: ({ method, path, body }) => `package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
)

func main() {
	body := \`${inside(json(body), '	')}\`
	request, err := http.NewRequest("${method}", "${BASE}${path}", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer ${KEY}")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", rand.Text())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(answer))
}`,
  },
];

/** The operation whose examples stand in every language; the others are told by curl. */
export const IN_ALL_LANGUAGES = 'sendMessage';

/** The path with names that can be tried. */
export function tried(path: string): string {
  return path.replace('{name}', 'example').replace('{id}', 'ID');
}
