using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

namespace HyperCore.Tests.Harness;

/// <summary>
/// What VMs reach at 10.0.2.2 with QEMU's user networking: one port answers so many megabytes with their SHA-256, another sends random bytes.
/// </summary>
internal sealed class DataServer : IDisposable
{
    private const int BlockSize = 1 << 20;

    private readonly TcpListener _sink = new(IPAddress.Loopback, 0);
    private readonly TcpListener _source = new(IPAddress.Loopback, 0);
    private readonly byte[] _block = new byte[BlockSize];
    private readonly int _blocks;

    /// <summary>Begins to listen.</summary>
    /// <param name="megabytes">What is sent to each who asks, and expected from each who sends.</param>
    public DataServer(int megabytes)
    {
        _blocks = megabytes;
        new Random(megabytes).NextBytes(_block);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < _blocks; i++)
        {
            hash.AppendData(_block);
        }

        SourceHash = Convert.ToHexStringLower(hash.GetHashAndReset());
        _sink.Start();
        _source.Start();
        _ = Serve(_sink, Answer);
        _ = Serve(_source, Send);
    }

    /// <summary>The port that answers.</summary>
    public int SinkPort => ((IPEndPoint)_sink.LocalEndpoint).Port;

    /// <summary>The port that sends.</summary>
    public int SourcePort => ((IPEndPoint)_source.LocalEndpoint).Port;

    /// <summary>The SHA-256 of what is sent.</summary>
    public string SourceHash { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sink.Dispose();
        _source.Dispose();
    }

    private static async Task Serve(TcpListener listener, Func<NetworkStream, Task> work)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                await work(client.GetStream());
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // The test has ended, or the machine.
        }
    }

    // Who sends cannot say that it has ended and still listen: it is known how much there is to come.
    private async Task Answer(NetworkStream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockSize];
        for (int i = 0; i < _blocks; i++)
        {
            await stream.ReadExactlyAsync(block);
            hash.AppendData(block);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()) + "\n"));
    }

    private async Task Send(NetworkStream stream)
    {
        for (int i = 0; i < _blocks; i++)
        {
            await stream.WriteAsync(_block);
        }
    }
}
