#!/bin/sh
# Make the namespace of the journeys and its search attributes. Run again, it adds what is missing and changes nothing.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are read by the Temporal CLI; RETENTION and SEARCH_ATTRIBUTES by this script.
set -eu

tries=60
until temporal operator cluster health >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "Temporal at $TEMPORAL_ADDRESS is not healthy; see its log" >&2; exit 1; }
    sleep 2
done

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi

# A new namespace reaches the server's cache some seconds later; until then it is unknown to the calls below.
tries=60
until known="$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" 2>/dev/null)"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "namespace $TEMPORAL_NAMESPACE did not appear; see Temporal's log" >&2; exit 1; }
    sleep 2
done

for attribute in $SEARCH_ATTRIBUTES; do # Name=Type; one a call, for given several the CLI may take only the first
    name="${attribute%%=*}"
    kind="${attribute#*=}"
    case "$known" in
        *" $name "*) ;; # a column of its own
        *)
            temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type "$kind"
            ;;
    esac
done

echo "namespace $TEMPORAL_NAMESPACE has its search attributes"
