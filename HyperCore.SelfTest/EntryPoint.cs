using System.Runtime;
using HyperCore.SelfTest.Tests;
using Internal.Runtime.CompilerHelpers;

namespace HyperCore.SelfTest;

/// <summary>Where the firmware calls the self-test.</summary>
internal static unsafe class EntryPoint
{
    private const nuint ArenaPages = 1024;
    private const int BootServicesOffset = 0x60;
    private const int AllocatePagesOffset = 0x28;
    private const uint AllocateAnyPages = 0;
    private const uint LoaderData = 2;

    [RuntimeExport("EfiMain")]
    private static nint EfiMain(nint imageHandle, byte* systemTable)
    {
        // UEFI 2.10, 4.3 (system table), 4.4 (boot services), 7.2 (AllocatePages).
        byte* bootServices = *(byte**)(systemTable + BootServicesOffset);
        var allocatePages = *(delegate* unmanaged<uint, uint, nuint, ulong*, nint>*)(bootServices + AllocatePagesOffset);
        ulong memory = 0;
        nint status = allocatePages(AllocateAnyPages, LoaderData, ArenaPages, &memory);
        if (status != 0)
        {
            return status;
        }

        Arena.Initialize((byte*)memory, ArenaPages << 12);
        StartupCodeHelpers.Initialize();
        Panic.Handler = &PanicTests.OnPanic;
        Machine.SystemTable = systemTable;

        ObjectTests.Run();
        StaticTests.Run();
        InterfaceTests.Run();
        CastTests.Run();
        ArrayTests.Run();
        SpanTests.Run();
        StringTests.Run();
        CollectionTests.Run();
        NumberTests.Run();
        AtomicTests.Run();
        IcedTests.Run();
        PanicTests.Run();
        Report.End();
        return 0;
    }
}
