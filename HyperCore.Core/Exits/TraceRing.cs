using System.Runtime.CompilerServices;

namespace HyperCore.Core.Exits;

/// <summary>The last exits of a vCPU. Always on: when a guest crashes, the way there is already written down.</summary>
public sealed class TraceRing
{
    /// <summary>How many exits are remembered; a power of two.</summary>
    public const int Capacity = 256;

    private readonly TraceRecord[] _records = new TraceRecord[Capacity];
    private ulong _next;

    /// <summary>How many of the records hold an exit.</summary>
    public int Count => _next < Capacity ? (int)_next : Capacity;

    /// <summary>A record, 0 being the newest.</summary>
    public TraceRecord this[int age] => _records[(int)((_next - 1 - (uint)age) & (Capacity - 1))];

    /// <summary>Remembers an exit and forgets the oldest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong rip, in VmExit exit)
    {
        ref TraceRecord record = ref _records[(int)(_next++ & (Capacity - 1))];
        record.Rip = rip;
        record.Reason = exit.Reason;
        record.Detail = exit.Qualification;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => _next = 0;
}
