using System.Runtime.Intrinsics.X86;
using System.Threading;

namespace System.Runtime.CompilerServices;

/// <summary>
/// Runs static constructors, each once, and one at a time whatever processor needs it; the others wait until it is done. A constructor that
/// needs its own class again sees it half done, as the language says.
/// </summary>
internal static unsafe class ClassConstructorRunner
{
    // What is called while a constructor runs is below it on the same stack; every processor's stack is somewhere else.
    private const long StackReach = 32 << 10;

    private static long s_owner;
    private static Running* s_running;

    public static void EnsureClassConstructorRun(StaticClassConstructionContext* context)
    {
        if (Volatile.Read(ref context->CctorMethodAddress) == 0)
        {
            return;
        }

        Running running;
        running.Context = context;
        bool isInner = IsOnStackOf(Volatile.Read(ref s_owner), (long)&running);
        if (isInner)
        {
            for (Running* outer = s_running; outer != null; outer = outer->Outer)
            {
                if (outer->Context == context)
                {
                    return;
                }
            }
        }
        else
        {
            while (Interlocked.CompareExchange(ref s_owner, (long)&running, 0) != 0)
            {
                X86Base.Pause();
            }
        }

        running.Outer = s_running;
        s_running = &running;
        nint constructor = context->CctorMethodAddress;
        if (constructor != 0)
        {
            ((delegate*<void>)constructor)();

            // Only now: who reads 0 uses what the constructor made.
            Volatile.Write(ref context->CctorMethodAddress, 0);
        }

        s_running = running.Outer;
        if (!isInner)
        {
            Volatile.Write(ref s_owner, 0);
        }
    }

    private static bool IsOnStackOf(long owner, long here) => owner != 0 && here < owner && owner - here < StackReach;

    private struct Running
    {
        public StaticClassConstructionContext* Context;
        public Running* Outer;
    }

    private static object CheckStaticClassConstructionReturnGCStaticBase(StaticClassConstructionContext* context, object gcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return gcStaticBase;
    }

    private static nint CheckStaticClassConstructionReturnNonGCStaticBase(StaticClassConstructionContext* context, nint nonGcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return nonGcStaticBase;
    }

    private static object CheckStaticClassConstructionReturnThreadStaticBase(nint typeManager, int typeTlsIndex, StaticClassConstructionContext* context)
    {
        ThrowHelper.ThrowInvalidOperation("There are no thread statics.");
        return null!;
    }
}
