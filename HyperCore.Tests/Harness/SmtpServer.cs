using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;

namespace HyperCore.Tests.Harness;

/// <summary>Takes mails by SMTP over TLS (RFC 8314) from whoever authenticates by PLAIN (RFC 4954), on a loopback port.</summary>
internal sealed class SmtpServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly string _credentials;

    /// <summary>Begins to serve.</summary>
    public SmtpServer(X509Certificate2 certificate, string user, string password)
    {
        _certificate = certificate;
        _credentials = $"{user}\0{password}";
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The mails that came, with headers.</summary>
    public BlockingCollection<string> Mails { get; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        Mails.Dispose();
    }

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
                using var reader = new StreamReader(tls, Encoding.UTF8);
                using var writer = new StreamWriter(tls) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 test ESMTP");
                await TalkAsync(reader, writer);
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or SocketException)
        {
            // Whoever spoke has gone; the test sees that no mail came.
        }
    }

    private async Task TalkAsync(StreamReader reader, StreamWriter writer)
    {
        bool trusted = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            string verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN");
                    break;
                case "AUTH":
                    string token = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[^1]));
                    trusted = token.EndsWith("\0" + _credentials, StringComparison.Ordinal) || token.EndsWith(_credentials, StringComparison.Ordinal);
                    await writer.WriteLineAsync(trusted ? "235 good" : "535 bad credentials");
                    break;
                case "DATA" when trusted:
                    await writer.WriteLineAsync("354 go on");
                    Mails.Add(await ReadMailAsync(reader));
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync(trusted ? "250 good" : "530 authenticate first");
                    break;
            }
        }
    }

    private static async Task<string> ReadMailAsync(StreamReader reader)
    {
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line && line != ".")
        {
            mail.Append(line).Append('\n');
        }

        return mail.ToString();
    }
}
