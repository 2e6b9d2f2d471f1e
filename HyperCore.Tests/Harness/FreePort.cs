using System.Net;
using System.Net.Sockets;

namespace HyperCore.Tests.Harness;

/// <summary>Loopback ports for servers that have to be told theirs.</summary>
internal static class FreePort
{
    /// <summary>A TCP port that nobody listens on.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
