using System;
using System.Threading;

namespace HyperCore.Core.Processor;

/// <summary>
/// Keeps pCPUs apart that share something. Interrupts are off in the host, so a holder is never interrupted and holds it for a short while
/// only. The lock is not fair: who waits asks again and again, with PAUSE in between. Taking it orders memory as a fence does.
/// </summary>
public sealed class SpinLock
{
    private const int Free = 0;

    // Free, or the holder's number plus one, so that taking it twice is found out where it would hang.
    private int _holder;

    /// <summary>Somebody holds it.</summary>
    public bool IsHeld => Volatile.Read(ref _holder) != Free;

    /// <summary>The caller holds it.</summary>
    /// <param name="pcpu">The caller's number.</param>
    public bool IsHeldBy(int pcpu) => Volatile.Read(ref _holder) == pcpu + 1;

    /// <summary>Takes the lock, and waits until it is free.</summary>
    /// <param name="pcpu">The caller's number, from 0.</param>
    /// <exception cref="InvalidOperationException">The caller has it already.</exception>
    public void Enter(int pcpu)
    {
        if (Interlocked.CompareExchange(ref _holder, pcpu + 1, Free) != Free)
        {
            Wait(pcpu + 1);
        }
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="pcpu">The caller's number, from 0.</param>
    /// <returns>False when somebody has it.</returns>
    public bool TryEnter(int pcpu) => Interlocked.CompareExchange(ref _holder, pcpu + 1, Free) == Free;

    /// <summary>Gives the lock back. Only its holder may do that.</summary>
    public void Exit() => Volatile.Write(ref _holder, Free);

    private void Wait(int self)
    {
        while (true)
        {
            int holder = Volatile.Read(ref _holder);
            if (holder == self)
            {
                throw new InvalidOperationException("A pCPU takes a lock that it holds already.");
            }

            if (holder == Free && Interlocked.CompareExchange(ref _holder, self, Free) == Free)
            {
                return;
            }

            // Lets the other thread of a core work, and a hypervisor below see that this one waits.
            Thread.SpinWait(1);
        }
    }
}
