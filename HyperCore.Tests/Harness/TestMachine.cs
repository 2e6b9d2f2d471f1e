using System;
using System.Diagnostics;

namespace HyperCore.Tests.Harness;

/// <summary>A machine in an emulator, switched on when created and taken away when disposed: what tests use that run on any of them.</summary>
internal abstract class TestMachine : IDisposable
{
    private readonly Stopwatch _uptime = Stopwatch.StartNew();

    /// <summary>COM1.</summary>
    public abstract SerialConsole Serial { get; }

    /// <summary>Since it was switched on.</summary>
    public TimeSpan Uptime => _uptime.Elapsed;

    /// <summary>Puts what there is to know about the machine into a folder.</summary>
    public abstract void SaveEvidence(string folder);

    /// <inheritdoc/>
    public abstract void Dispose();
}
