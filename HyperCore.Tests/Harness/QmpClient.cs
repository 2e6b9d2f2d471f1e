using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HyperCore.Tests.Harness;

/// <summary>Talks to QEMU (docs/interop/qmp-spec in QEMU's sources).</summary>
internal sealed class QmpClient : IDisposable
{
    private const int AnswerLimit = 60_000;

    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    /// <summary>Takes a connection that QEMU has made, and its greeting.</summary>
    public QmpClient(Socket socket)
    {
        socket.ReceiveTimeout = AnswerLimit;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(_stream, new UTF8Encoding(false));
        _ = ReadMessage();
        Execute("qmp_capabilities");
    }

    /// <summary>Names of the events that arrived with the answers so far.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Executes a command.</summary>
    /// <returns>What it returns.</returns>
    /// <exception cref="InvalidOperationException">QEMU answered with an error.</exception>
    public JsonNode? Execute(string command, object? arguments = null)
    {
        var request = new JsonObject { ["execute"] = command };
        if (arguments != null)
        {
            request["arguments"] = JsonSerializer.SerializeToNode(arguments);
        }

        _stream.Write(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"));
        while (true)
        {
            JsonNode answer = ReadMessage();
            if (answer["event"] is { } happened)
            {
                Events.Add(happened.GetValue<string>());
            }
            else if (answer["error"] is { } error)
            {
                throw new InvalidOperationException($"QEMU refused {command}: {error["desc"]}");
            }
            else
            {
                return answer["return"];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }

    private JsonNode ReadMessage() =>
        JsonNode.Parse(_reader.ReadLine() ?? throw new IOException("QEMU closed the QMP connection: it has ended"))!;
}
