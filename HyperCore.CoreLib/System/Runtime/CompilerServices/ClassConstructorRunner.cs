namespace System.Runtime.CompilerServices;

/// <summary>
/// Runs static constructors, each once. They run on the boot processor before any other processor runs managed code, so there is no
/// lock; a constructor that needs its own class again sees it half done, as the language says.
/// </summary>
internal static unsafe class ClassConstructorRunner
{
    public static void EnsureClassConstructorRun(StaticClassConstructionContext* context)
    {
        nint constructor = context->CctorMethodAddress;
        if (constructor != 0)
        {
            context->CctorMethodAddress = 0;
            ((delegate*<void>)constructor)();
        }
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
