using System.Threading;

namespace System.Runtime;

/// <summary>
/// The memory that <c>new</c> is served from: one region, from front to back, never given back. Start-up code hands it over before the
/// first allocation; it need not be zeroed.
/// </summary>
public static unsafe class Arena
{
    private static byte* s_start;
    private static long s_next;
    private static byte* s_end;
    private static ulong s_allocations;
    private static ulong s_sealedAllocations;
    private static bool s_sealed;

    /// <summary>Bytes handed out.</summary>
    public static nuint Used => (nuint)(s_next - (long)s_start);

    /// <summary>Bytes there are.</summary>
    public static nuint Capacity => (nuint)(s_end - s_start);

    /// <summary>Objects allocated.</summary>
    public static ulong AllocationCount => s_allocations;

    /// <summary>Objects allocated although <see cref="Seal"/> was called.</summary>
    public static ulong SealedAllocationCount => s_sealedAllocations;

    /// <summary>Gives the arena its memory.</summary>
    public static void Initialize(byte* start, nuint length)
    {
        s_start = (byte*)(((nuint)start + 15) & ~(nuint)15);
        s_next = (long)s_start;
        s_end = start + length;
        s_allocations = 0;
        s_sealedAllocations = 0;
        s_sealed = false;
    }

    /// <summary>From now on an allocation is a mistake, and counted as one.</summary>
    public static void Seal() => s_sealed = true;

    /// <summary>Start-up goes on: allocations are expected again.</summary>
    public static void Unseal() => s_sealed = false;

    /// <summary>Hands out zeroed memory, aligned to 8 bytes.</summary>
    internal static byte* Allocate(nuint size)
    {
        size = (size + 7) & ~(nuint)7;
        if (size > (nuint)(s_end - (byte*)s_next))
        {
            Panic.Stop("Out of memory: the arena is used up.", 0);
        }

        // Another processor may be doing the same.
        byte* result = (byte*)Interlocked.Add(ref s_next, (long)size) - size;
        if (result + size > s_end)
        {
            Panic.Stop("Out of memory: the arena is used up.", 0);
        }

        s_allocations++;
        if (s_sealed)
        {
            s_sealedAllocations++;
        }

        for (nuint i = 0; i < size; i += 8)
        {
            *(ulong*)(result + i) = 0;
        }

        return result;
    }
}
