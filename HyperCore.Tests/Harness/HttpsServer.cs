using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;

namespace HyperCore.Tests.Harness;

/// <summary>A web server with TLS on a loopback port: one answer for each connection (RFC 9112).</summary>
internal sealed class HttpsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly Dictionary<string, (string Type, byte[] Content)> _pages;

    /// <summary>Begins to serve.</summary>
    public HttpsServer(X509Certificate2 certificate, Dictionary<string, (string Type, byte[] Content)> pages)
    {
        _certificate = certificate;
        _pages = pages;
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The paths that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => AnswerAsync(client));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(_certificate);
                using var reader = new StreamReader(tls, Encoding.ASCII, leaveOpen: true);
                string path = (await reader.ReadLineAsync())?.Split(' ') is [_, { } asked, ..] ? asked : "";
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                }

                Requests.Enqueue(path);
                bool found = _pages.TryGetValue(path, out (string Type, byte[] Content) page);
                byte[] content = found ? page.Content : [];
                string head = $"HTTP/1.1 {(found ? "200 OK" : "404 Not Found")}\r\nContent-Type: {page.Type ?? "text/plain"}\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n";
                await tls.WriteAsync(Encoding.ASCII.GetBytes(head));
                await tls.WriteAsync(content);
                await tls.ShutdownAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or SocketException)
        {
            // Whoever asked has gone, or does not trust the certificate; the test sees that nothing was asked for.
        }
    }
}
