using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HyperCore.Core.Exits;

/// <summary>
/// The last exits of a vCPU. Always on: when a guest crashes, the way there is already written down. A back end fills in the record itself, so
/// remembering an exit costs nothing but finding the place for it.
/// </summary>
public sealed class TraceRing
{
    /// <summary>How many exits are remembered; a power of two.</summary>
    public const int Capacity = 256;

    private readonly VmExit[] _records = new VmExit[Capacity];
    private ulong _next;

    /// <summary>How many of the records hold an exit.</summary>
    public int Count => _next < Capacity ? (int)_next : Capacity;

    /// <summary>A record, 0 being the newest.</summary>
    public ref readonly VmExit this[int age] => ref _records[(int)((_next - 1 - (uint)age) & (Capacity - 1))];

    /// <summary>The place for the next exit; the oldest is forgotten. What it holds of that one is left as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref VmExit Next()
    {
        // The mask keeps the index inside, which the compiler cannot see.
        ulong next = _next;
        _next = next + 1;
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_records), (nint)(next & (Capacity - 1)));
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => _next = 0;
}
