using System.Runtime.CompilerServices;
using System.Threading;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>
/// Finds the method that an interface call means. Each call site has a cell of two words: code to call, and where to look. What was found
/// is remembered in a chain of entries that hangs on the second word; entries never change and are put in with one store, so that other
/// processors see a whole chain at any time. They come from a fixed pool: nothing is allocated. When the pool is used up, calls still work.
/// </summary>
internal static unsafe class InterfaceDispatch
{
    private const int PoolEntries = 1024;
    private const nuint TagMask = 3;

    private static EntryPool s_pool;
    private static int s_used;

    /// <summary>The code for a call through <paramref name="cell"/> on <paramref name="instance"/>.</summary>
    [RuntimeExport("CoreLibResolveDispatch")]
    internal static nint Resolve(object instance, nint cell)
    {
        var dispatchCell = (DispatchCell*)cell;
        MethodTable* type = instance.m_pEEType;
        nuint state = dispatchCell->State;
        Entry* chain = null;
        MethodTable* interfaceType;
        if ((state & TagMask) == 0)
        {
            chain = (Entry*)state;
            interfaceType = chain->Interface;
        }
        else
        {
            // Not used yet: the distance from the word to the interface's table.
            interfaceType = (MethodTable*)((byte*)&dispatchCell->State + ((int)state & ~(int)TagMask));
        }

        for (Entry* entry = chain; entry != null; entry = entry->Next)
        {
            if (entry->Type == type)
            {
                return entry->Code;
            }
        }

        nint code = FindImplementation(type, interfaceType, SlotOf(dispatchCell));
        if (code == 0)
        {
            Panic.Stop("An interface method has no implementation.", 0);
        }

        int index = Interlocked.Increment(ref s_used) - 1;
        if ((uint)index < PoolEntries)
        {
            var entry = (Entry*)Unsafe.AsPointer(ref s_pool[index * EntryPool.WordsPerEntry]);
            entry->Type = type;
            entry->Code = code;
            entry->Next = chain;
            entry->Interface = interfaceType;
            Volatile.Write(ref dispatchCell->State, (nuint)entry);
        }
        else
        {
            s_used = PoolEntries;
        }

        return code;
    }

    /// <summary>The method of <paramref name="type"/> for a slot of an interface; 0 when there is none.</summary>
    internal static nint FindImplementation(MethodTable* type, MethodTable* interfaceType, int slot)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (MethodTable* current = type; current != null; current = current->BaseType)
            {
                if (current->HasDispatchMap && Find(current, interfaceType, slot, pass == 1, out int implementation))
                {
                    return implementation < current->VtableSlots
                        ? type->Vtable[implementation]
                        : current->SealedVirtual(implementation - current->VtableSlots);
                }
            }
        }

        return 0;
    }

    private static bool Find(MethodTable* type, MethodTable* interfaceType, int slot, bool defaults, out int implementation)
    {
        DispatchMap* map = type->DispatchMap;
        var entries = (DispatchMapEntry*)(map + 1);
        int start = defaults ? map->StandardEntries : 0;
        int end = defaults ? map->StandardEntries + map->DefaultEntries : map->StandardEntries;
        for (int variant = 0; variant < 2; variant++)
        {
            for (int i = start; i < end; i++)
            {
                if (entries[i].InterfaceMethodSlot != slot)
                {
                    continue;
                }

                MethodTable* candidate = type->Interfaces[entries[i].InterfaceIndex];
                bool match = variant == 0
                    ? candidate == interfaceType
                    : candidate->HasGenericVariance && interfaceType->HasGenericVariance && TypeCast.IsVariantMatch(candidate, interfaceType);
                if (match)
                {
                    implementation = entries[i].ImplementationSlot;
                    return true;
                }
            }
        }

        implementation = 0;
        return false;
    }

    // Cells of one interface method are neighbours; the first cell without code after them holds the method's slot.
    private static int SlotOf(DispatchCell* cell)
    {
        while (cell->Code != 0)
        {
            cell++;
        }

        return (ushort)cell->State;
    }

    private struct DispatchCell
    {
        public nint Code;
        public nuint State;
    }

    // The first three are known to the assembly stub.
    private struct Entry
    {
        public MethodTable* Type;
        public nint Code;
        public Entry* Next;
        public MethodTable* Interface;
    }

    [InlineArray(PoolEntries * WordsPerEntry)]
    private struct EntryPool
    {
        public const int WordsPerEntry = 4;

        private ulong _first;
    }
}
