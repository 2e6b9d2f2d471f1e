using System;

namespace HyperCore.Core.Machine;

/// <summary>Why no vCPU of a VM may run at present. Several reasons can hold at once.</summary>
[Flags]
public enum SuspendReasons
{
    /// <summary>They may run.</summary>
    None = 0,

    /// <summary>The VM is not started.</summary>
    Off = 1,

    /// <summary>The person at the machine paused it.</summary>
    Paused = 2,

    /// <summary>It has ended, and the console processor has not yet seen to it.</summary>
    Ended = 4,

    /// <summary>The console processor changes something that no vCPU may be using: memory, nested page tables, the screen.</summary>
    Held = 8,

    /// <summary>It wrote more to its COM1 than has been shown yet.</summary>
    OutputWaits = 16,
}
