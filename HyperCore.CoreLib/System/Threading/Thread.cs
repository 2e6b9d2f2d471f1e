using System.Runtime.Intrinsics.X86;

namespace System.Threading;

// There are no threads here, but the processors run side by side: what waiting for each other takes.
public static class Thread
{
    public static void MemoryBarrier() => Interlocked.MemoryBarrier();

    public static void SpinWait(int iterations)
    {
        for (int i = 0; i < iterations; i++)
        {
            X86Base.Pause();
        }
    }
}
